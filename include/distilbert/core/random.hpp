#pragma once
#include <cstddef>
#include <cstdint>

namespace distilbert {

/// Random numbers for sampling, the same from a seed on every machine and library.
/// Source: Steele, Lea, Flood 2014, "Fast Splittable Pseudorandom Number Generators" (SplitMix64).
class random_source {
 public:
  /// Starts the sequence of this seed.
  explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}

  /// The next 64 bits.
  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
  }

  /// A number below n, 0 < n < 2^32; even to n in 2^32.
  std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>((next() >> 32) * n >> 32); }

 private:
  std::uint64_t state_;
};

}  // namespace distilbert
