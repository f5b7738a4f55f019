#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "distilbert/kernels/reference.hpp"
#include "support/guarded.hpp"
#include "support/kernels.hpp"

using kernels::activation;

namespace {

// Calls f(block of values) over every `stride`-th float32 of [low, high], both signs of zero included.
void for_floats(float low, float high, unsigned stride, const std::function<void(std::vector<float>&)>& f) {
  std::vector<float> block;
  const auto flush = [&] {
    if (!block.empty()) f(block);
    block.clear();
  };
  const auto walk = [&](std::uint32_t from, std::uint32_t to) {
    for (std::uint64_t b = from; b <= to; b += stride) {
      block.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(b)));
      if (block.size() == 4096) flush();
    }
  };
  if (high > 0) walk(0, bits_of(high));
  if (low < 0) walk(0x80000000U, bits_of(low));
  flush();
}

double ulp(double exact) {
  const auto nearest = static_cast<float>(exact);
  return static_cast<double>(std::nextafter(std::abs(nearest), std::numeric_limits<float>::infinity())) -
         std::abs(static_cast<double>(nearest));
}

// The stride is prime, so that all mantissas are met over the exponents.
constexpr unsigned stride = 101;

}  // namespace

TEST_CASE("exp is within 1.1 ulp, without fma 1.4, wherever the result is normal") {
  for_each_variant([](const kernel_table& table) {
    double worst = 0;
    for_floats(-87.33654F, 88.37626F, stride, [&](std::vector<float>& x) {
      std::vector<float> y = x;
      table.exp(y.data(), static_cast<isize>(y.size()));
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = std::exp(static_cast<double>(x[i]));
        worst = std::max(worst, std::abs(y[i] - exact) / ulp(exact));
      }
    });
    CHECK(worst <= (is_fused(table) ? 1.1 : 1.4));
  });
}

TEST_CASE("exp is exactly zero where e^x is subnormal, infinite above its range, and keeps NaN") {
  for_each_variant([](const kernel_table& table) {
    constexpr float inf = std::numeric_limits<float>::infinity();
    std::vector<float> x = {-87.33655F, -100.0F, -3e38F, -inf, 88.3763F, 3e38F, inf, std::nanf(""), 0.0F, -0.0F};
    table.exp(x.data(), static_cast<isize>(x.size()));
    for (std::size_t i = 0; i < 4; ++i) CHECK(bits_of(x[i]) == 0);
    for (std::size_t i = 4; i < 7; ++i) CHECK(x[i] == inf);
    CHECK(is_nan(x[7]));
    CHECK(x[8] == 1.0F);
    CHECK(x[9] == 1.0F);
  });
}

TEST_CASE("activations are as close to float64 as their contracts say") {
  struct bound {
    activation act;
    double relative, absolute;  // |error| <= relative |exact| + absolute
  };
  // gelu: rounding of the two terms, and 4e-9 of the polynomial, twice for the way to it. gelu_new and silu: three
  // roundings, and those of the exponent, which count in proportion to it and so to |x|, at most e^-x of it; past
  // x = -88.37626 silu is taken as 0, where it is 4e-37 and less.
  for (const bound& b : {bound{activation::gelu, 1.2e-7, 5e-8}, bound{activation::gelu_new, 4e-7, 4e-8},
                         bound{activation::relu, 0, 0}, bound{activation::silu, 4e-7, 4e-37}}) {
    INFO("activation ", static_cast<int>(b.act));
    for_each_variant([&](const kernel_table& table) {
      double worst = 0;
      for_floats(-1e4F, 1e4F, stride, [&](std::vector<float>& x) {
        std::vector<float> y = x;
        table.activate(y.data(), static_cast<isize>(y.size()), b.act);
        for (std::size_t i = 0; i < x.size(); ++i) {
          const double exact = kernels::reference::activate(x[i], b.act);
          worst = std::max(worst, std::abs(y[i] - exact) - b.relative * std::abs(exact) - b.absolute);
        }
      });
      CHECK(worst <= 0);
    });
  }
}

TEST_CASE("every function keeps NaN") {
  for_each_variant([](const kernel_table& table) {
    for (const activation act : {activation::gelu, activation::gelu_new, activation::relu, activation::silu}) {
      float x = std::bit_cast<float>(0x7FC12345U);
      table.activate(&x, 1, act);
      CHECK(is_nan(x));
    }
    float x = std::bit_cast<float>(0xFFC12345U);
    table.sigmoid(&x, 1);
    CHECK(is_nan(x));
  });
}

TEST_CASE("sigmoid is within two ulp and reaches 0 and 1") {
  for_each_variant([](const kernel_table& table) {
    double worst = 0;
    for_floats(-87.0F, 87.0F, stride, [&](std::vector<float>& x) {
      std::vector<float> y = x;
      table.sigmoid(y.data(), static_cast<isize>(y.size()));
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = 1 / (1 + std::exp(-static_cast<double>(x[i])));
        worst = std::max(worst, std::abs(y[i] - exact) / ulp(exact));
      }
    });
    CHECK(worst <= 2.5);
    std::vector<float> ends = {-1000, 1000};
    table.sigmoid(ends.data(), 2);
    CHECK(ends[0] == 0);
    CHECK(ends[1] == 1);
  });
}

TEST_CASE("all variants with a fused multiply-add compute the same bits") {
  for (const activation act : {activation::gelu, activation::gelu_new, activation::silu, activation::relu}) {
    const std::vector<float> x = random_floats(10007, 5, -20, 20);
    std::vector<float> first;
    for_each_variant([&](const kernel_table& table) {
      if (!is_fused(table)) return;
      guarded<float> y(x);
      table.activate(y.data(), static_cast<isize>(y.size()), act);
      table.exp(y.data(), static_cast<isize>(y.size()));
      if (first.empty()) first.assign(y.data(), y.data() + y.size());
      for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(bits_of(y[i]) == bits_of(first[i]));
    });
  }
}
