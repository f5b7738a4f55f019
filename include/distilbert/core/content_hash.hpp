#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "distilbert/core/config.hpp"

namespace distilbert {

/// A 64-bit hash of bytes, at the speed of memory: for finding damage and mix-ups, not for defence against forgery.
/// A change within one 8-byte word always shows; any other goes unseen once in 2^64. docs/FORMAT.md defines it.
[[gnu::cold]] inline std::uint64_t content_hash(std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t lanes = 8;  // independent of each other, so that the machine multiplies without waiting
  constexpr std::uint64_t prime = 0x9E3779B97F4A7C15U;
  const auto mix = [](std::uint64_t& h, std::uint64_t word) {
    h = (h ^ word) * prime;
    h ^= h >> 32;
  };
  std::uint64_t lane[lanes] = {1, 2, 3, 4, 5, 6, 7, 8};
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t words[lanes];
  for (; left >= sizeof words; left -= sizeof words, p += sizeof words) {
    std::memcpy(words, p, sizeof words);
    for (std::size_t i = 0; i < lanes; ++i) mix(lane[i], words[i]);
  }
  if (left > 0) {
    std::memset(words, 0, sizeof words);
    std::memcpy(words, p, left);
    for (std::size_t i = 0; i < lanes; ++i) mix(lane[i], words[i]);
  }
  std::uint64_t hash = bytes.size();
  for (const std::uint64_t h : lane) mix(hash, h);
  return hash;
}

}  // namespace distilbert
