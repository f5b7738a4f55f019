#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace distilbert {

/// Up to eight bytes of text in one register, the first of them lowest; those that are absent are 0.
using byte_block = std::uint64_t;

namespace detail {

inline constexpr std::size_t block_size = sizeof(byte_block);

/// load_block() of fewer than eight bytes.
[[gnu::noinline]] inline byte_block load_last_block(const char* data, std::size_t size) noexcept {
  if (size >= 4) {  // two halves, which overlap
    std::uint32_t low, high;
    std::memcpy(&low, data, 4);
    std::memcpy(&high, data + size - 4, 4);
    return low | byte_block{high} << (size - 4) * 8;
  }
  if (size == 0) return 0;
  const auto byte = [data](std::size_t i) { return byte_block{static_cast<unsigned char>(data[i])} << i * 8; };
  return byte(0) | byte(size / 2) | byte(size - 1);
}

/// The first bytes of `size` ones at `data`; reads none beyond them.
inline byte_block load_block(const char* data, std::size_t size) noexcept {
  if (size < block_size) return load_last_block(data, size);
  byte_block block;
  std::memcpy(&block, data, block_size);
  return block;
}

/// The first `size` bytes of a block; 1 <= size <= 8.
constexpr byte_block first_bytes(byte_block block, std::size_t size) noexcept {
  return block & ~byte_block{0} >> (block_size - size) * 8;
}

/// The byte `b` eight times.
constexpr byte_block all_bytes(unsigned char b) noexcept { return byte_block{0x0101010101010101} * b; }

/// The top bit of each byte that is an ASCII letter, or a letter or digit.
struct ascii_word_bits {
  byte_block letters, alphanumeric;
};

/// How many bytes of a block, from the first on, have their top bits in `bits`.
constexpr std::size_t leading_bytes(byte_block bits) noexcept {
  return static_cast<std::size_t>(std::countr_zero(~bits & all_bytes(0x80))) / 8;
}

/// No sum of seven bits and these constants carries into the next byte: a byte's top bit says "at least".
constexpr ascii_word_bits find_ascii_words(byte_block block) noexcept {
  constexpr byte_block top = all_bytes(0x80);
  const byte_block low = block & ~top, small = low | all_bytes(0x20);
  const auto at_least = [](byte_block x, char c) { return x + all_bytes(static_cast<unsigned char>(0x80 - c)); };
  const byte_block ascii = ~block & top;
  const byte_block letters = at_least(small, 'a') & ~at_least(small, 'z' + 1) & ascii;
  return {letters, letters | (at_least(low, '0') & ~at_least(low, '9' + 1) & ascii)};
}

}  // namespace detail

}  // namespace distilbert
