#include "distilbert/kernels/half.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "support/guarded.hpp"
#include "support/kernels.hpp"

using kernels::half_table;
using kernels::weight_format;

namespace {

std::size_t at(isize i) { return static_cast<std::size_t>(i); }

// Calls f(format, kernels of it, f32's kernels) for f16 and bf16 on every variant that this machine runs.
template <class Function>
void for_each_half(Function f) {
  kernels::for_each_runnable([&](const kernel_table& table) {
    INFO("variant ", doctest::String(table.name));
    f(weight_format::f16, kernels::half_kernels<weight_format::f16>(table.name), table);
    f(weight_format::bf16, kernels::half_kernels<weight_format::bf16>(table.name), table);
  });
}

struct packed {
  guarded<unsigned short> panels;
  bool finite;

  packed(const half_table& half, const std::vector<float>& weight, isize n, isize k)
      : panels(at(kernels::round_up(n, half.panel_width) / half.panel_width *
                  kernels::half_panel_elements(half.panel_width, k))) {
    for (unsigned short& x : panels.span()) x = 0;
    finite = half.pack({weight.data(), weight_format::f32, n, k, panels.data(), 0});
  }
};

// Packed as a single output with k = 1, a number is the first of its panel.
unsigned short rounded(const half_table& half, float x) { return packed(half, {x}, 1, 1).panels[0]; }

float widened(const kernel_table& table, unsigned short x, weight_format format) {
  float y;
  table.to_f32(&x, format, &y, 1);
  return y;
}

}  // namespace

TEST_CASE("numbers become f16 and bf16 by rounding to the nearest, ties to even") {
  for_each_half([](weight_format format, const half_table& half, const kernel_table& table) {
    const int digits = format == weight_format::f16 ? 10 : 7, least = format == weight_format::f16 ? -24 : -133;
    const double largest = format == weight_format::f16 ? 65504 : 3.3895313892515355e38;
    std::vector<float> numbers = random_floats(2000, 7, -2, 2);
    for (int e = least - 2; e < (format == weight_format::f16 ? 16 : 127); ++e)
      for (const double m : {1.0, 1.25, 1.5, 1 + 0x1p-8, 1 + 3 * 0x1p-8, 1 + 0x1p-11, 1 + 3 * 0x1p-11, 2 - 0x1p-23})
        for (const double sign : {1.0, -1.0}) numbers.push_back(static_cast<float>(std::ldexp(sign * m, e)));
    for (const float x : numbers) {
      const int exponent = x == 0 ? least : std::max(std::ilogb(x) - digits, least);
      const double step = std::ldexp(1, exponent), expected = std::nearbyint(static_cast<double>(x) / step) * step;
      if (std::abs(expected) > largest) continue;
      INFO(x);
      CHECK(static_cast<double>(widened(table, rounded(half, x), format)) == expected);
    }
  });
}

TEST_CASE("a weight that is no finite number of 16 bits is told") {
  for_each_half([](weight_format format, const half_table& half, const kernel_table&) {
    CHECK(packed(half, {65504.0F}, 1, 1).finite);
    CHECK(packed(half, {65520.0F}, 1, 1).finite == (format == weight_format::bf16));
    CHECK_FALSE(packed(half, {std::numeric_limits<float>::max()}, 1, 1).finite);
    CHECK_FALSE(packed(half, {std::numeric_limits<float>::infinity()}, 1, 1).finite);
    CHECK_FALSE(packed(half, {std::numeric_limits<float>::quiet_NaN()}, 1, 1).finite);
    std::vector<float> many(3 * 300, 1.0F);
    many[701] = -std::numeric_limits<float>::infinity();
    CHECK_FALSE(packed(half, many, 3, 300).finite);
  });
}

TEST_CASE("a product over 16-bit weights has the bits of f32's over the same weights, for every tail") {
  for_each_half([](weight_format format, const half_table& half, const kernel_table& table) {
    for (const isize k : {1, 37, 128, 130, 300})
      for (const isize m : {1, 2, 7, 9, 10, 23, 230})
        for (const isize n : std::set<isize>{1, half.panel_width - 1, half.panel_width, 2 * half.panel_width + 5}) {
          std::vector<float> weight = random_floats(n * k, 2), residual = random_floats(m * n, 4);
          packed h(half, weight, n, k);
          REQUIRE(h.finite);
          for (float& w : weight) w = widened(table, rounded(half, w), format);
          const isize columns = kernels::round_up(n, half.panel_width);
          std::vector<float> panels(at(columns * k));
          table.pack({weight.data(), k, weight_format::f32, n, k, panels.data(), 0});
          guarded<float> a(random_floats(m * k, 1)), bias(random_floats(columns, 3)), c(at(m * n)), expected(at(m * n));
          kernels::gemm_args args = {.a = a.data(),
                                     .lda = k,
                                     .panels = h.panels.data(),
                                     .init = bias.data(),
                                     .ld_init = 0,
                                     .residual = residual.data(),
                                     .ld_residual = n,
                                     .c = c.data(),
                                     .ldc = n,
                                     .m = m,
                                     .n = n,
                                     .k = k,
                                     .act = kernels::activation::gelu};
          half.gemm(args);
          args.panels = panels.data();
          args.c = expected.data();
          table.gemm(args);
          for (std::size_t i = 0; i < c.size(); ++i) REQUIRE(bits_of(c[i]) == bits_of(expected[i]));
        }
  });
}
