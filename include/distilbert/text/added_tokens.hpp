#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/text/block_trie.hpp"
#include "distilbert/text/normalizer.hpp"
#include "distilbert/text/unicode.hpp"
#include "distilbert/text/utf8.hpp"

namespace distilbert {

/// A token that is found in the text before it is cut into words, such as [SEP]. Fields as in tokenizer.json.
struct added_token {
  std::string content;       ///< as it is written
  std::int32_t id = -1;      ///< its id
  bool single_word = false;  ///< only between characters that belong to no word
  bool lstrip = false;       ///< takes the white space before it along
  bool rstrip = false;       ///< takes the white space after it along
  bool normalized = false;   ///< looked for in the normalised text, in its own normalised form
  bool special = false;      ///< one that encode_options::split_special_tokens turns into plain text
};

/// The added tokens of a tokenizer, ready to be looked for.
///
/// Source: tokenizers src/tokenizer/added_vocabulary.rs.
class added_tokens {
 public:
  added_tokens() = default;

  /// Errors: unsupported_tokenizer, for a token that normalises to nothing or to the same as another.
  static result<added_tokens> build(std::vector<added_token> tokens, const normalizer_options& options,
                                    std::string_view where);

  /// All of them.
  const std::vector<added_token>& tokens() const noexcept { return tokens_; }
  /// Whether any token is to be looked for in the normalised text.
  bool any_normalized() const noexcept { return longest_normalized_ != 0; }
  /// The length in scalars of the longest token of normalised text; 0 without any.
  std::size_t longest_normalized() const noexcept { return longest_normalized_; }
  /// Those that are looked for in normalised text.
  const block_trie& normalized() const noexcept { return normalized_; }
  /// Whether a token of the text as given, or of the normalised one, may begin with this byte.
  bool may_begin_with(unsigned char byte) const noexcept { return first_bytes_[byte]; }
  /// Whether one of these begins with this byte.
  bool normalized_may_begin_with(unsigned char byte) const noexcept { return normalized_first_bytes_[byte]; }

  /// The token as it is looked for by its number in the trie.
  const added_token& operator[](std::int32_t number) const noexcept {
    return tokens_[static_cast<std::size_t>(number)];
  }

  /// Looks for tokens in one text, left to right.
  class scanner {
   public:
    /// A token that was found.
    struct hit {
      const added_token* token;  ///< which
      std::size_t begin;         ///< of what it takes of the text
      std::size_t end;           ///< of the same
      std::size_t resume;        ///< where the next token may begin: before `end` when white space was taken along
    };

    /// Looks through `text`, which must outlive it; with split_special, for no special token.
    scanner(const added_tokens& tokens, std::string_view text, bool split_special)
        : tokens_(tokens), text_(text), split_special_(split_special) {}

    /// Whether a token begins at `position`; then hit() tells which. Positions are asked in ascending order, the same
    /// one any number of times.
    bool begins_at(std::size_t position) {
      if (!tokens_.may_begin_with(static_cast<unsigned char>(text_[position]))) return false;
      if (hit_.token != nullptr && hit_at_ == position) return true;
      if (position < resume_) return false;
      const auto match = tokens_.raw_.longest(text_.substr(position));
      if (!match) return false;
      // Text that matches is not looked at again, even when the token turns out not to apply.
      resume_ = position + match.length;
      const added_token& token = tokens_[match.value];
      if (split_special_ && token.special) return false;
      if (token.single_word && (word_before(position) || word_at(resume_))) return false;
      hit_ = {&token, position, resume_, resume_};
      hit_at_ = position;
      if (token.lstrip)
        while (hit_.begin > taken_ && is_space(utf8::decode_before(text_, hit_.begin)))
          hit_.begin -= utf8::decode_before(text_, hit_.begin).length;
      if (token.rstrip)
        while (hit_.end < text_.size() && is_space(utf8::decode(text_, hit_.end)))
          hit_.end += utf8::decode(text_, hit_.end).length;
      taken_ = hit_.end;
      return true;
    }
    /// What the last search found.
    const hit& last() const noexcept { return hit_; }

   private:
    static bool is_space(const utf8::decoded& d) noexcept { return (unicode::flags(d.scalar) & unicode::space) != 0; }
    static bool is_word(const utf8::decoded& d) noexcept { return (unicode::flags(d.scalar) & unicode::word) != 0; }
    bool word_before(std::size_t position) const noexcept {
      return position > 0 && is_word(utf8::decode_before(text_, position));
    }
    bool word_at(std::size_t position) const noexcept {
      return position < text_.size() && is_word(utf8::decode(text_, position));
    }

    const added_tokens& tokens_;
    std::string_view text_;
    bool split_special_;
    std::size_t resume_ = 0, taken_ = 0, hit_at_ = 0;
    hit hit_{nullptr, 0, 0, 0};
  };

 private:
  std::vector<added_token> tokens_;
  block_trie raw_, normalized_;
  std::array<bool, 256> first_bytes_{}, normalized_first_bytes_{};
  std::size_t longest_normalized_ = 0;
};

namespace detail {

/// The normalised form of a short text that holds no added tokens.
[[gnu::cold]] inline std::string normalize(std::string_view text, const normalizer_options& options) {
  struct appender {
    std::string out;
    void accept(char32_t scalar, std::size_t, std::size_t) {
      char bytes[4];
      out.append(bytes, utf8::encode(scalar, bytes));
    }
    static bool ends_at(std::size_t) { return false; }
  } all;
  std::vector<pending_mark> marks;
  normalizing_reader reader(options, text, marks, unlimited, normalized_sink(&all));
  for (std::size_t position = 0; position < text.size();) position = reader.read(position);
  return std::move(all.out);
}

}  // namespace detail

[[gnu::cold]] inline result<added_tokens> added_tokens::build(std::vector<added_token> tokens,
                                                              const normalizer_options& options,
                                                              std::string_view where) {
  const auto fault = [&](std::initializer_list<detail::piece> parts) {
    return error{errc::unsupported_tokenizer, detail::concat({where, ": ", detail::concat(parts)})};
  };
  added_tokens all;
  all.tokens_ = std::move(tokens);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < all.tokens_.size(); ++i) {
    const added_token& token = all.tokens_[i];
    const std::string form = token.normalized ? detail::normalize(token.content, options) : token.content;
    if (form.empty())
      return fault({"the added token \"", token.content, "\" is normalised to nothing: none can be found"});
    if ((bytes += form.size()) > block_trie::most_bytes) return fault({"more added tokens than can be held"});
    const auto number = static_cast<std::int32_t>(i);
    const std::int32_t same = (token.normalized ? all.normalized_ : all.raw_).add(form, number);
    if (same != number)
      return fault({"the added tokens \"", all[same].content, "\" and \"", token.content,
                    "\" cannot be told apart after normalisation"});
    (token.normalized ? all.normalized_first_bytes_ : all.first_bytes_)[static_cast<unsigned char>(form[0])] = true;
    if (token.normalized) all.longest_normalized_ = std::max(all.longest_normalized_, utf8::count(form));
  }
  return all;
}

}  // namespace distilbert
