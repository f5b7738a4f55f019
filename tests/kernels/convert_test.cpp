#include <cmath>
#include <limits>
#include <vector>

#include "support/guarded.hpp"
#include "support/kernels.hpp"

using kernels::weight_format;

namespace {

std::vector<std::uint16_t> all_halves() {
  std::vector<std::uint16_t> halves(65536);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  return halves;
}

// IEEE 754 binary16 by its definition.
double value_of_f16(std::uint16_t h) {
  const int exponent = h >> 10 & 31, fraction = h & 1023;
  const double sign = (h >> 15) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * std::numeric_limits<double>::infinity();
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

}  // namespace

TEST_CASE("every f16 becomes the f32 of the same value") {
  const std::vector<std::uint16_t> halves = all_halves();
  for_each_variant([&](const kernel_table& table) {
    std::vector<float> y(halves.size());
    table.to_f32(halves.data(), weight_format::f16, y.data(), static_cast<isize>(y.size()));
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double exact = value_of_f16(halves[i]);
      if ((halves[i] & 0x7FFF) > 0x7C00) {
        REQUIRE(is_nan(y[i]));
      } else {
        REQUIRE(static_cast<double>(y[i]) == exact);
        REQUIRE(std::signbit(y[i]) == std::signbit(exact));
      }
    }
  });
}

TEST_CASE("every bf16 becomes the f32 with the same upper half") {
  const std::vector<std::uint16_t> halves = all_halves();
  for_each_variant([&](const kernel_table& table) {
    std::vector<float> y(halves.size());
    table.to_f32(halves.data(), weight_format::bf16, y.data(), static_cast<isize>(y.size()));
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(bits_of(y[i]) == static_cast<std::uint32_t>(halves[i]) << 16);
  });
}

TEST_CASE("conversion touches nothing past either array, for every tail") {
  for_each_variant([](const kernel_table& table) {
    for (std::size_t n = 0; n <= 40; ++n) {
      guarded<std::uint16_t> halves(std::vector<std::uint16_t>(n, 0x3C00));
      guarded<float> floats(std::vector<float>(n, 1.0F)), y(n);
      for (const weight_format format : {weight_format::f16, weight_format::f32}) {
        for (float& v : y.span()) v = 0;
        table.to_f32(format == weight_format::f32 ? static_cast<const void*>(floats.data()) : halves.data(), format,
                     y.data(), static_cast<isize>(n));
        for (const float v : y.span()) REQUIRE(v == 1.0F);
      }
    }
  });
}
