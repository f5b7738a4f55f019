#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/text/block_trie.hpp"
#include "distilbert/text/unicode.hpp"
#include "distilbert/text/utf8.hpp"

namespace distilbert {

/// The tokens of a WordPiece model: their ids are 0..size()-1, without holes.
class vocabulary {
 public:
  /// Token and id, in any order; ids must be exactly 0..n-1 and tokens distinct. `where` names the file in messages.
  ///
  /// Errors: invalid_vocabulary.
  static result<vocabulary> build(std::span<const std::pair<std::string_view, std::uint64_t>> tokens,
                                  std::string_view where);

  /// Parses vocab.txt: a token a line, its id the line's number from 0. As the reference reads it, white space at the
  /// end of a line (CR included) is not part of the token, and a last line without a line feed counts.
  ///
  /// Errors: invalid_vocabulary (empty, not UTF-8, begins with a byte order mark, a token given twice).
  static result<vocabulary> parse(std::string_view vocab_txt, std::string_view where);

  std::size_t size() const noexcept { return ends_.size(); }
  /// The token of this id; empty when there is none. Lives as long as the vocabulary.
  std::string_view token(std::int32_t id) const noexcept {
    const auto i = static_cast<std::size_t>(id);
    if (i >= ends_.size()) return {};
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }
  /// The id of this token.
  std::optional<std::int32_t> id(std::string_view token) const noexcept {
    const std::int32_t found = trie_.find(token);
    return found < 0 ? std::nullopt : std::optional(found);
  }
  const block_trie& trie() const noexcept { return trie_; }

 private:
  std::string text_;               // all tokens, by id, end to end
  std::vector<std::size_t> ends_;  // where each ends
  block_trie trie_;
};

namespace detail {

/// White space at the end of a line, as Rust's trim_end sees it.
inline std::string_view trim_end(std::string_view line) noexcept {
  while (!line.empty()) {
    const auto byte = static_cast<unsigned char>(line.back());
    if (byte > ' ' && byte < 0x80) break;
    const utf8::decoded last = utf8::decode_before(line, line.size());
    if ((unicode::flags(last.scalar) & unicode::space) == 0) break;
    line.remove_suffix(last.length);
  }
  return line;
}

}  // namespace detail

[[gnu::cold]] inline result<vocabulary> vocabulary::build(
    std::span<const std::pair<std::string_view, std::uint64_t>> tokens, std::string_view where) {
  const auto fault = [&](std::initializer_list<detail::piece> parts) {
    return error{errc::invalid_vocabulary, detail::concat({where, ": ", detail::concat(parts)})};
  };
  if (tokens.empty()) return fault({"expected a vocabulary, found no token"});
  constexpr std::size_t nothing = ~std::size_t{0};
  std::vector<std::size_t> by_id(tokens.size(), nothing);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& [token, id] = tokens[i];
    if (id >= tokens.size())
      return fault(
          {"token \"", token, "\": expected an id below ", tokens.size(), ", the number of tokens, found ", id});
    std::size_t& place = by_id[static_cast<std::size_t>(id)];
    if (place != nothing)
      return fault({"id ", id, " is given to both \"", tokens[place].first, "\" and \"", token, "\""});
    place = i;
    bytes += token.size();
  }
  if (bytes > block_trie::most_bytes) return fault({"more tokens than this library can hold"});
  vocabulary v;
  v.text_.reserve(bytes);
  v.ends_.reserve(tokens.size());
  std::size_t empty_token = nothing;
  for (std::size_t id = 0; id < by_id.size(); ++id) {
    const std::string_view token = tokens[by_id[id]].first;
    if (token.empty() && empty_token != nothing)
      return fault({"the empty token is given twice, with ids ", empty_token, " and ", id});
    if (token.empty()) empty_token = id;
    v.text_ += token;
    v.ends_.push_back(v.text_.size());
  }
  v.trie_ = block_trie(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    const std::int32_t first = v.trie_.add(v.token(id), id);
    if (first != id) return fault({"token \"", v.token(id), "\" is given twice, with ids ", first, " and ", id});
  }
  return v;
}

[[gnu::cold]] inline result<vocabulary> vocabulary::parse(std::string_view vocab_txt, std::string_view where) {
  const auto fault = [&](std::initializer_list<detail::piece> parts) {
    return error{errc::invalid_vocabulary, detail::concat({where, ": ", detail::concat(parts)})};
  };
  if (vocab_txt.substr(0, 3) == "\xEF\xBB\xBF") return fault({"begins with a byte order mark, which would be a token"});
  const auto lines = [](std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  };
  if (const std::size_t at = utf8::find_invalid(vocab_txt); at != vocab_txt.size())
    return fault({"line ", lines(vocab_txt.substr(0, at)), ": expected UTF-8, found an ill-formed sequence"});
  std::vector<std::pair<std::string_view, std::uint64_t>> tokens;
  tokens.reserve(lines(vocab_txt));
  while (!vocab_txt.empty()) {
    const std::size_t end = vocab_txt.find('\n');
    tokens.emplace_back(detail::trim_end(vocab_txt.substr(0, end)), tokens.size());
    vocab_txt.remove_prefix(end == std::string_view::npos ? vocab_txt.size() : end + 1);
  }
  return build(tokens, where);
}

}  // namespace distilbert
