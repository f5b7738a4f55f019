#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "distilbert/text/vocabulary.hpp"

namespace distilbert {

/// What each byte of a word counts as when it is looked up: lets ASCII be lower-cased on the way.
using byte_map = std::array<unsigned char, 256>;

constexpr byte_map identity_map() noexcept {
  byte_map map{};
  for (std::size_t i = 0; i < map.size(); ++i) map[i] = static_cast<unsigned char>(i);
  return map;
}

/// Splits words into the longest pieces of a vocabulary, left to right. Borrows the vocabulary's trie.
///
/// Source: tokenizers src/models/wordpiece/mod.rs, WordPiece::tokenize.
class wordpiece {
 public:
  wordpiece() = default;
  /// `continuing_prefix` ("##") marks pieces that do not begin a word. Words of more scalars than
  /// `max_chars_per_word` are unknown as a whole.
  wordpiece(const vocabulary& tokens, std::int32_t unknown_id, std::string_view continuing_prefix,
            std::size_t max_chars_per_word)
      : continuing_(tokens.trie().descend(tokens.trie().root(), continuing_prefix)),
        unknown_id_(unknown_id),
        max_chars_(max_chars_per_word) {}

  std::int32_t unknown_id() const noexcept { return unknown_id_; }
  std::size_t max_chars_per_word() const noexcept { return max_chars_; }

  /// Gives each piece of the word to emit(id, begin, end), where [begin, end) are bytes of the word. The word is not
  /// empty. False when some part of it has no piece: what was emitted must then be replaced by one unknown token.
  template <class Emit>
  bool split(const double_array& trie, std::string_view word, const byte_map& map, Emit&& emit) const {
    const auto* bytes = reinterpret_cast<const unsigned char*>(word.data());
    double_array::state state = trie.root();
    for (std::size_t begin = 0; begin < word.size();) {
      const auto piece = trie.longest(state, bytes + begin, word.size() - begin, map.data());
      if (!piece) return false;
      emit(piece.value, begin, begin + piece.length);
      begin += piece.length;
      if (begin == word.size()) break;
      if (!continuing_) return false;
      state = *continuing_;
    }
    return true;
  }

 private:
  std::optional<double_array::state> continuing_;
  std::int32_t unknown_id_ = 0;
  std::size_t max_chars_ = 100;
};

}  // namespace distilbert
