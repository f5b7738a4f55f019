#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "distilbert/text/normalizer.hpp"
#include "distilbert/text/unicode.hpp"

namespace distilbert {

/// What becomes of a normalised scalar when text is cut into words: white space separates, punctuation is a word of its
/// own, the rest makes words.
///
/// Source: tokenizers src/pre_tokenizers/bert.rs.
enum class char_class : std::uint8_t { word, space, punctuation };

/// The class of a scalar in text that is normalised.
inline char_class classify(char32_t scalar) noexcept {
  const std::uint8_t flags = unicode::flags(scalar);
  if ((flags & unicode::space) != 0) return char_class::space;
  return (flags & unicode::punctuation) != 0 ? char_class::punctuation : char_class::word;
}

/// Normalisation and classification of single bytes: what lets plain ASCII skip both.
struct byte_classes {
  /// The class of an ASCII byte in a table entry, those that end a word first; more for bytes that need a closer look.
  enum : std::uint8_t { end_of_text, punctuation, space, word, removed, other, class_mask = 7 };
  /// Set as well when an added token may begin with this byte.
  static constexpr std::uint8_t may_begin_added_token = 8;

  std::array<std::uint8_t, 256> classes{};  ///< of each byte
  /// No added token may begin with an ASCII letter or digit: those are `word` then, with any options.
  bool alphanumeric_is_word = true;

  /// The classes for these options.
  explicit byte_classes(const normalizer_options& options = {}) noexcept {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto c = static_cast<char32_t>(byte);
      if (byte >= 0x80) {
        classes[byte] = other;
      } else if (options.clean_text && (unicode::flags(c) & unicode::removed) != 0) {
        classes[byte] = removed;
      } else {
        const char_class k = classify(c);
        classes[byte] = k == char_class::space ? space : k == char_class::punctuation ? punctuation : word;
      }
    }
  }

  /// Says that an added token may begin with this byte.
  void mark_added_token(std::size_t first_byte) noexcept {
    alphanumeric_is_word = alphanumeric_is_word && (classes[first_byte] != word);
    classes[first_byte] |= may_begin_added_token;
  }
};

}  // namespace distilbert
