#include <cmath>
#include <limits>
#include <vector>

#include "distilbert/kernels/reference.hpp"
#include "support/guarded.hpp"
#include "support/kernels.hpp"

TEST_CASE("softmax agrees with float64 for every length, and the rest of a row becomes zero") {
  for_each_variant([](const kernel_table& table) {
    for (isize n = 1; n <= 100; ++n) {
      constexpr isize rest = 3;
      guarded<float> x(random_floats(2 * (n + rest), 1, -10, 10));
      std::vector<double> expected(x.data(), x.data() + x.size());
      table.softmax({x.data(), n + rest, 2, n + rest, n});
      for (isize r = 0; r < 2; ++r) {
        double* row = expected.data() + r * (n + rest);
        kernels::reference::softmax(row, n);
        float sum = 0;
        for (isize i = 0; i < n; ++i) {
          const float y = x[static_cast<std::size_t>(r * (n + rest) + i)];
          sum += y;
          // exp's argument is rounded to half an ulp of at most 20 (1e-6); exp, sum and division add some 2^-24 each.
          REQUIRE(std::abs(y - row[i]) <= 2e-6 * row[i]);
        }
        REQUIRE(std::abs(sum - 1) <= 1e-6);
        for (isize i = n; i < n + rest; ++i) REQUIRE(bits_of(x[static_cast<std::size_t>(r * (n + rest) + i)]) == 0);
      }
    }
  });
}

TEST_CASE("softmax of huge scores is finite and exact where one dominates") {
  for_each_variant([](const kernel_table& table) {
    std::vector<float> x = {-3e38F, 3e38F, 0, 1e30F};
    table.softmax({x.data(), 4, 1, 4, 4});
    CHECK(x == std::vector<float>{0, 1, 0, 0});
  });
}

TEST_CASE("a NaN among the scores is never hidden") {
  for_each_variant([](const kernel_table& table) {
    for (std::size_t at = 0; at < 40; ++at) {
      std::vector<float> x = random_floats(40, 3);
      x[at] = std::numeric_limits<float>::quiet_NaN();
      table.softmax({x.data(), 40, 1, 40, 40});
      for (const float y : x) REQUIRE(is_nan(y));
    }
  });
}

TEST_CASE("softmax gives the same bits on all variants with a fused multiply-add") {
  for (const isize n : {1, 2, 5, 31, 32, 33, 64, 100, 512}) {
    std::vector<float> first;
    for_each_variant([&](const kernel_table& table) {
      if (!is_fused(table)) return;
      std::vector<float> x = random_floats(n, 2, -20, 20);
      table.softmax({x.data(), n, 1, n, n});
      if (first.empty()) first = x;
      for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(bits_of(x[i]) == bits_of(first[i]));
    });
  }
}
