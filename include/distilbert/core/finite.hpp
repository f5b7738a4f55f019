#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "distilbert/core/config.hpp"

namespace distilbert {

/// How the elements of a floating-point format lie in memory: the bits of their exponent, in a word of 32 bits that is
/// filled with such elements.
enum class float_bits : std::uint32_t { f32 = 0x7F800000, f16 = 0x7C007C00, bf16 = 0x7F807F80 };

/// Whether x is neither NaN nor infinite; by its bits, for -ffast-math takes every number for one.
constexpr bool is_finite(float x) noexcept {
  constexpr auto exponent = static_cast<std::uint32_t>(float_bits::f32);
  return (__builtin_bit_cast(std::uint32_t, x) & exponent) != exponent;
}

/// Whether all elements are finite, at the speed of memory. The bytes need not be aligned.
// Not cold, or the compiler would save the vectors.
[[gnu::noinline]] inline bool all_finite(std::span<const std::byte> bytes, float_bits format) noexcept {
  // An exponent of ones carries into the sign when its lowest bit is added; no other does, nor into a neighbour.
  const auto exponent = static_cast<std::uint32_t>(format);
  const std::uint32_t lowest = exponent & ~(exponent << 1), sign = exponent << 1 & ~exponent;
  constexpr std::size_t lanes = 16;
  std::uint32_t seen[lanes] = {}, words[lanes];
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof words; left -= sizeof words, p += sizeof words) {
    std::memcpy(words, p, sizeof words);
    for (std::size_t i = 0; i < lanes; ++i) seen[i] |= (words[i] & exponent) + lowest;
  }
  if (left > 0) {
    std::memset(words, 0, sizeof words);
    std::memcpy(words, p, left);
    for (std::size_t i = 0; i < lanes; ++i) seen[i] |= (words[i] & exponent) + lowest;
  }
  std::uint32_t all = 0;
  for (const std::uint32_t s : seen) all |= s;
  return (all & sign) == 0;
}

}  // namespace distilbert
