#include "distilbert/core/finite.hpp"

#include <cstring>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

using distilbert::all_finite;
using distilbert::float_bits;

namespace {

// Every pattern of 16 bits, alone among zeros at each place of a few blocks: found as `expected` says.
template <class Expected>
int mistakes_of_16_bits(float_bits format, Expected expected) {
  int wrong = 0;
  std::vector<std::uint16_t> values(67);
  for (std::uint32_t pattern = 0; pattern < 0x10000; ++pattern) {
    std::uint16_t& value = values[pattern % values.size()];
    value = static_cast<std::uint16_t>(pattern);
    wrong += all_finite(std::as_bytes(std::span(values)), format) != expected(pattern);
    value = 0;
  }
  return wrong;
}

}  // namespace

TEST_CASE("every number of 16 bits is finite but those with all bits of the exponent") {
  CHECK(mistakes_of_16_bits(float_bits::f16, [](std::uint32_t x) { return (x >> 10 & 31) != 31; }) == 0);
  CHECK(mistakes_of_16_bits(float_bits::bf16, [](std::uint32_t x) { return (x >> 7 & 255) != 255; }) == 0);
}

TEST_CASE("a neighbour of many bits hides nothing and shows nothing") {
  for (const float_bits format : {float_bits::f16, float_bits::bf16}) {
    const std::uint32_t infinity = static_cast<std::uint32_t>(format) & 0xFFFF;
    std::vector<std::uint16_t> values(40, static_cast<std::uint16_t>(infinity - 1));  // the largest number
    CHECK(all_finite(std::as_bytes(std::span(values)), format));
    for (std::uint16_t& value : values) {
      value = static_cast<std::uint16_t>(infinity);
      CHECK_FALSE(all_finite(std::as_bytes(std::span(values)), format));
      value = 0xFFFF;
      CHECK_FALSE(all_finite(std::as_bytes(std::span(values)), format));
      value = static_cast<std::uint16_t>(infinity - 1);
    }
  }
}

TEST_CASE("a float that is not finite is found wherever it lies, aligned or not") {
  using limits = std::numeric_limits<float>;
  const float good[] = {0.0F, -0.0F, limits::max(), limits::lowest(), limits::min(), limits::denorm_min()};
  const float bad[] = {limits::infinity(), -limits::infinity(), limits::quiet_NaN(), -limits::quiet_NaN(),
                       limits::signaling_NaN()};
  for (const float x : good) CHECK(distilbert::is_finite(x));
  for (const float x : bad) CHECK_FALSE(distilbert::is_finite(x));
  int wrong = 0;
  for (std::size_t count = 0; count < 40; ++count)
    for (const std::size_t shift : {0U, 1U, 3U}) {
      std::vector<std::byte> bytes(shift + 4 * count);
      for (std::size_t i = 0; i < count; ++i) std::memcpy(bytes.data() + shift + 4 * i, &good[i % 6], 4);
      const auto view = std::span<const std::byte>(bytes).subspan(shift);
      wrong += !all_finite(view, float_bits::f32);
      for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(bytes.data() + shift + 4 * i, &bad[i % 5], 4);
        wrong += all_finite(view, float_bits::f32);
        std::memcpy(bytes.data() + shift + 4 * i, &good[i % 6], 4);
      }
    }
  CHECK(wrong == 0);
}
