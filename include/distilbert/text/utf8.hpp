#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "distilbert/text/byte_block.hpp"

/// UTF-8 that may be broken: every byte string reads as a sequence of scalar values.
namespace distilbert::utf8 {

inline constexpr char32_t replacement = 0xFFFD;  ///< Stands for what is ill-formed.

/// One scalar value and how many bytes it was read from.
struct decoded {
  char32_t scalar;     ///< U+FFFD where the bytes are ill-formed
  std::size_t length;  ///< bytes that it takes
};

/// Whether the byte is none of a sequence's first.
constexpr bool is_continuation(unsigned char byte) noexcept { return (byte & 0xC0) == 0x80; }

/// Reads the scalar at text[position]; position < text.size().
///
/// An ill-formed sequence reads as U+FFFD, once per maximal subpart (Unicode 3.9, WHATWG, Python's "replace").
constexpr decoded decode(std::string_view text, std::size_t position) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const std::size_t left = text.size() - position;
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2 || lead > 0xF4) return {replacement, 1};
  // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (left < 2 || byte(1) < low || byte(1) > high) return {replacement, 1};
  if (lead < 0xE0) return {static_cast<char32_t>((lead & 0x1F) << 6 | (byte(1) & 0x3F)), 2};
  if (left < 3 || !is_continuation(byte(2))) return {replacement, 2};
  if (lead < 0xF0) return {static_cast<char32_t>((lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F)), 3};
  if (left < 4 || !is_continuation(byte(3))) return {replacement, 3};
  return {
      static_cast<char32_t>((lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F)),
      4};
}

/// Reads the scalar that ends at text[position]; position > 0. Agrees with decode() going forward: a lead byte always
/// begins a sequence.
constexpr decoded decode_before(std::string_view text, std::size_t position) noexcept {
  const std::string_view before = text.substr(0, position);
  for (std::size_t length = 1; length <= 4 && length <= position; ++length) {
    const std::size_t start = position - length;
    if (is_continuation(static_cast<unsigned char>(before[start]))) continue;
    const decoded d = decode(before, start);
    return d.length == length ? d : decoded{replacement, 1};
  }
  return {replacement, 1};
}

/// Writes `scalar` to `out`, which has room for 4 bytes. Returns how many were written.
constexpr std::size_t encode(char32_t scalar, char* out) noexcept {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (scalar >> shift & 0x3F)); };
  if (scalar < 0x80) {
    out[0] = static_cast<char>(scalar);
    return 1;
  }
  if (scalar < 0x800) {
    out[0] = static_cast<char>(0xC0 | scalar >> 6), out[1] = tail(0);
    return 2;
  }
  if (scalar < 0x10000) {
    out[0] = static_cast<char>(0xE0 | scalar >> 12), out[1] = tail(6), out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<char>(0xF0 | scalar >> 18), out[1] = tail(12), out[2] = tail(6), out[3] = tail(0);
  return 4;
}

/// The number of scalars of a well-formed text.
constexpr std::size_t count(std::string_view text) noexcept {
  std::size_t scalars = 0;
  for (const char c : text) scalars += is_continuation(static_cast<unsigned char>(c)) ? 0U : 1U;
  return scalars;
}

/// The position of the first ill-formed byte; text.size() when there is none.
inline std::size_t find_invalid(std::string_view text) noexcept {
  std::size_t position = 0;
  while (position < text.size()) {
    while (text.size() - position >= detail::block_size &&
           (detail::load_block(text.data() + position, detail::block_size) & detail::all_bytes(0x80)) == 0)
      position += detail::block_size;
    if (position == text.size()) break;
    const decoded d = decode(text, position);
    if (d.scalar == replacement && text.substr(position, d.length) != "\xEF\xBF\xBD") break;
    position += d.length;
  }
  return position;
}

}  // namespace distilbert::utf8
