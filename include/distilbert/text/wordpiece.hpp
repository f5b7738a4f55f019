#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "distilbert/text/block_trie.hpp"
#include "distilbert/text/vocabulary.hpp"

namespace distilbert {

/// Splits words into the longest pieces of a vocabulary, left to right.
///
/// Source: tokenizers src/models/wordpiece/mod.rs, WordPiece::tokenize.
class wordpiece {
 public:
  wordpiece() = default;
  /// `continuing_prefix` ("##") marks pieces that do not begin a word. Words of more scalars than
  /// `max_chars_per_word` are unknown as a whole.
  [[gnu::cold]] wordpiece(const vocabulary& tokens, std::int32_t unknown_id, std::string_view continuing_prefix,
                          std::size_t max_chars_per_word)
      : unknown_id_(unknown_id), max_chars_(max_chars_per_word) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto id = static_cast<std::int32_t>(i);
      const std::string_view token = tokens.token(id);
      if (token.starts_with(continuing_prefix)) continuing_.add(token.substr(continuing_prefix.size()), id);
    }
  }

  /// The id of a word that no pieces make up.
  std::int32_t unknown_id() const noexcept { return unknown_id_; }
  /// A longer word is unknown.
  std::size_t max_chars_per_word() const noexcept { return max_chars_; }

  /// Gives each piece of a word to emit(id, begin, end), where [begin, end) are bytes of the word. The word has `size`
  /// bytes, of which load(i) gives eight from the i-th on, whatever lies beyond the word. False when some part of it
  /// has no piece: what was emitted must then be replaced by one unknown token.
  template <class Load, class Emit>
  bool split(const vocabulary& tokens, std::size_t size, Load load, Emit emit) const {
    const block_trie* pieces = &tokens.trie();
    for (std::size_t begin = 0; begin < size; pieces = &continuing_) {
      const auto piece = pieces->longest(size - begin, [&](std::size_t i) { return load(begin + i); });
      if (!piece) return false;
      emit(piece.value, begin, begin + piece.length);
      begin += piece.length;
    }
    return true;
  }

 private:
  block_trie continuing_;  // the pieces that do not begin a word, without their prefix
  std::int32_t unknown_id_ = 0;
  std::size_t max_chars_ = 100;
};

}  // namespace distilbert
