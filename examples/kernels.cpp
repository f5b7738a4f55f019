// The kernels alone: a linear layer, GELU(x W^T + b), without a model, against plain loops. docs/guide/kernels.md
#include <distilbert/core/aligned_buffer.hpp>
#include <distilbert/core/fp_environment.hpp>
#include <distilbert/kernels/dispatch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace kernels = distilbert::kernels;
using kernels::isize;

namespace {

constexpr isize m = 37, n = 100, k = 300;  // 37 rows, 300 inputs, 100 outputs

std::vector<float> numbers(isize count, unsigned seed) {
  std::vector<float> some(static_cast<std::size_t>(count));
  for (float& x : some) {
    seed = seed * 1664525U + 1013904223U;
    x = static_cast<float>(seed >> 8U) / 8388608.0F - 1;  // in [-1, 1)
  }
  return some;
}

double gelu(double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace

int main() {
  const std::vector<float> x = numbers(m * k, 1), w = numbers(n * k, 2), b = numbers(n, 3);
  std::vector<float> y(static_cast<std::size_t>(m * n));

  kernels::for_each_runnable(
      [](const kernels::kernel_table& table) { std::printf("this machine runs %s\n", table.name); });
  const kernels::kernel_table& best = kernels::best_kernels();

  // Once: the weight into panels, outputs rounded up to whole ones, the room that no weight fills zeroed.
  const isize columns = kernels::round_up(n, best.panel_width);
  distilbert::aligned_buffer<float> panels;
  if (!panels.allocate(static_cast<std::size_t>(columns * k))) return 1;
  std::fill_n(panels.data(), columns * k, 0.0F);
  best.pack({.weight = w.data(),
             .ld = k,
             .format = kernels::weight_format::f32,
             .n = n,
             .k = k,
             .panels = panels.data(),
             .first_output = 0});

  // Any number of times: the product. A program that flushes subnormals or rounds otherwise gets its own mode back.
  {
    const distilbert::fp_environment ieee;
    best.gemm({.a = x.data(),
               .lda = k,
               .panels = panels.data(),
               .init = b.data(),
               .ld_init = 0,  // one bias for all rows
               .residual = nullptr,
               .ld_residual = 0,
               .c = y.data(),
               .ldc = n,
               .m = m,
               .n = n,
               .k = k,
               .act = kernels::activation::gelu});
  }

  // The contract's bound: k 2^-24 sum |a||w|, then GELU's 1.2e-7 relative + 5e-8; |gelu'| < 1.13.
  double worst = 0;
  for (isize i = 0; i < m; ++i)
    for (isize j = 0; j < n; ++j) {
      double sum = b[static_cast<std::size_t>(j)], magnitude = std::fabs(sum);
      for (isize l = 0; l < k; ++l) {
        const double term =
            static_cast<double>(x[static_cast<std::size_t>(i * k + l)]) * w[static_cast<std::size_t>(j * k + l)];
        sum += term;
        magnitude += std::fabs(term);
      }
      const double expected = gelu(sum),
                   bound = 1.13 * k * std::ldexp(magnitude, -24) + 1.2e-7 * std::fabs(expected) + 5e-8;
      worst = std::max(worst, std::fabs(y[static_cast<std::size_t>(i * n + j)] - expected) / bound);
    }
  std::printf("%s: %s its contract's bound\n", "gemm", worst <= 1 ? "within" : "beyond");
  return worst <= 1 ? 0 : 1;
}
