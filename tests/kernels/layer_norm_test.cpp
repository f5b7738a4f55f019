#include <cmath>
#include <vector>

#include "distilbert/kernels/reference.hpp"
#include "support/guarded.hpp"
#include "support/kernels.hpp"

namespace {

// Two rows of n floats around `offset`, every buffer against a forbidden page.
std::vector<float> run(const kernel_table& table, isize n, float offset) {
  guarded<float> x(random_floats(2 * n, 7, offset - 1, offset + 1)), y(static_cast<std::size_t>(2 * n));
  guarded<float> gamma(random_floats(n, 8)), beta(random_floats(n, 9));
  table.layer_norm({.x = x.data(),
                    .ldx = n,
                    .y = y.data(),
                    .ldy = n,
                    .gamma = gamma.data(),
                    .beta = beta.data(),
                    .epsilon = 1e-12F,
                    .rows = 2,
                    .n = n});
  return {y.data(), y.data() + 2 * n};
}

}  // namespace

TEST_CASE("layer norm agrees with float64 for every tail") {
  for_each_variant([](const kernel_table& table) {
    for (isize n = 2; n <= 100; ++n) {
      const std::vector<float> y = run(table, n, 0.25F);
      std::vector<double> x = widen(random_floats(2 * n, 7, -0.75F, 1.25F));
      const std::vector<double> gamma = widen(random_floats(n, 8)), beta = widen(random_floats(n, 9));
      kernels::reference::layer_norm(x.data(), gamma.data(), beta.data(), 1e-12, 2, n);
      // (x - mean) / deviation is at most sqrt(n) < 10 and takes some ten roundings on the way; a deviation that is
      // itself small against |x| <= 1.25 enlarges the rounding of x - mean, for the pairs of n = 2 to about 1e-5.
      for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(std::abs(y[i] - x[i]) <= (n < 4 ? 2e-5 : 2e-6));
    }
  });
}

TEST_CASE("a large common offset costs no more than its own rounding") {
  for_each_variant([](const kernel_table& table) {
    constexpr isize n = 768;
    const std::vector<float> y = run(table, n, 1000);
    std::vector<double> x = widen(random_floats(2 * n, 7, 999, 1001));
    const std::vector<double> gamma = widen(random_floats(n, 8)), beta = widen(random_floats(n, 9));
    kernels::reference::layer_norm(x.data(), gamma.data(), beta.data(), 1e-12, 2, n);
    // The mean of values near 1000 is known to a few of their ulps (6e-5), the deviation is 0.58.
    for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(std::abs(y[i] - x[i]) <= 5e-4);
  });
}

TEST_CASE("layer norm gives the same bits on all variants with a fused multiply-add") {
  for (const isize n : {1, 13, 32, 47, 64, 384, 768, 769}) {
    std::vector<float> first;
    for_each_variant([&](const kernel_table& table) {
      if (!is_fused(table)) return;
      const std::vector<float> y = run(table, n, 0.5F);
      if (first.empty()) first = y;
      for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(bits_of(y[i]) == bits_of(first[i]));
    });
  }
}

TEST_CASE("layer norm works in place") {
  for_each_variant([](const kernel_table& table) {
    constexpr isize n = 77;
    std::vector<float> x = random_floats(2 * n, 7, -0.5F, 1.5F);
    const std::vector<float> expected = run(table, n, 0.5F), gamma = random_floats(n, 8), beta = random_floats(n, 9);
    table.layer_norm({x.data(), n, x.data(), n, gamma.data(), beta.data(), 1e-12F, 2, n});
    for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(bits_of(x[i]) == bits_of(expected[i]));
  });
}
