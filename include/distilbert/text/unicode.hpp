#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "distilbert/text/unicode_tables.hpp"

/// The Unicode properties of the reference tokenizer: its tables come from several Unicode versions, see the generated
/// header. Every function takes scalar values (0..10FFFF).
namespace distilbert::unicode {

/// Bits of flags(). The generator writes them in this order.
enum : std::uint8_t {
  removed = 1,      ///< clean_text drops it: Cc (but not tab and line ends), Cf, Co, U+FFFD
  space = 2,        ///< White_Space
  punctuation = 4,  ///< P* or ASCII punctuation: a word of its own
  nonspacing = 8,   ///< Mn: strip_accents drops it
  word = 16,        ///< a word character of a regular expression
  nonstarter = 32,  ///< its canonical decomposition is made of marks, which canonical ordering may move
  decomposes = 64,  ///< has a canonical decomposition
  has_lower = 128,  ///< differs from its lower case
};

/// The classes of a scalar, or-ed.
inline std::uint8_t flags(char32_t c) noexcept {
  return tables::flags_blocks[std::size_t{tables::flags_index[c / 128]} * 128 + c % 128];
}

/// CJK ideographs as the reference defines them: 2B820..2B91F are missing there, and so here.
constexpr bool is_chinese(char32_t c) noexcept {
  if (c < 0x3400) return false;
  return (c >= 0x4E00 && c <= 0x9FFF) || c <= 0x4DBF || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

/// Canonical combining class; 0 for starters.
inline std::uint8_t combining_class(char32_t c) noexcept {
  const auto* run = std::lower_bound(std::begin(tables::combining_classes), std::end(tables::combining_classes), c,
                                     [](const tables::class_run& r, char32_t scalar) { return r.last < scalar; });
  return run != std::end(tables::combining_classes) && run->first <= c ? run->combining_class : std::uint8_t{0};
}

/// A full canonical decomposition, at most four scalars.
struct decomposition {
  char32_t scalars[4];  ///< what it decomposes into
  std::size_t size;     ///< how many
  /// The first.
  const char32_t* begin() const noexcept { return scalars; }
  /// Past the last.
  const char32_t* end() const noexcept { return scalars + size; }
};

/// The canonical decomposition of `c`; `c` itself when it has none.
inline decomposition decompose(char32_t c) noexcept {
  constexpr char32_t hangul = 0xAC00, hangul_end = 0xD7A4, leading = 0x1100, vowel = 0x1161, trailing = 0x11A7;
  constexpr char32_t vowels = 21, trailings = 28;
  if (c >= hangul && c < hangul_end) {
    const char32_t s = c - hangul, t = s % trailings;
    return {{leading + s / (vowels * trailings), vowel + s / trailings % vowels, trailing + t, 0}, t == 0 ? 2U : 3U};
  }
  decomposition result{{c}, 1};
  if (c / 64 >= std::size(tables::decomposition_index)) return result;
  const unsigned place = tables::decomposition_blocks[std::size_t{tables::decomposition_index[c / 64]} * 64 + c % 64];
  if (place == 0) return result;
  result.size = place & 7;
  std::copy_n(tables::decomposition_pool + (place >> 3), result.size, result.scalars);
  return result;
}

/// The one scalar with a longer lower case: U+0130 becomes 'i' and this mark.
inline constexpr char32_t capital_i_with_dot = 0x130;
inline constexpr char32_t combining_dot_above = 0x307;  ///< the mark

/// The (first) scalar of the lower case of `c`.
inline char32_t lower(char32_t c) noexcept {
  if (c / 64 >= std::size(tables::lower_index)) return c;
  const auto delta = tables::lower_deltas[tables::lower_blocks[std::size_t{tables::lower_index[c / 64]} * 64 + c % 64]];
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + delta);
}

}  // namespace distilbert::unicode
