#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "distilbert/kernels/reference.hpp"
#include "support/guarded.hpp"
#include "support/kernels.hpp"

using kernels::activation;

namespace {

struct problem {
  isize m, n, k;
  std::vector<float> a, w, bias, residual;

  problem(isize rows, isize outputs, isize depth)
      : m(rows),
        n(outputs),
        k(depth),
        a(random_floats(rows * depth, 1)),
        w(random_floats(outputs * depth, 2)),
        bias(random_floats(outputs, 3)),
        residual(random_floats(rows * outputs, 4)) {}
};

// Runs gemm with every buffer against a forbidden page, rows of C apart by `gap` floats that must stay as they are;
// with `block`, over blocks of so many k, each packed by itself, of which all but the first go on from C.
std::vector<float> run(const kernel_table& table, problem& p, activation act, bool residual, isize gap = 0,
                       isize block = 0) {
  const isize columns = kernels::round_up(p.n, table.panel_width), ldc = p.n + gap;
  guarded<float> a(p.a), w(p.w), extra(p.residual), bias(static_cast<std::size_t>(columns));
  guarded<float> panels(static_cast<std::size_t>(columns * p.k)), c(static_cast<std::size_t>((p.m - 1) * ldc + p.n));
  for (std::size_t j = 0; j < p.bias.size(); ++j) bias[j] = p.bias[j];
  for (float& x : c.span()) x = 77;
  for (isize k0 = 0, depth; k0 < p.k; k0 += depth) {
    depth = block == 0 ? p.k : std::min(block, p.k - k0);
    const bool begins = k0 == 0, ends = k0 + depth == p.k;
    float* packed = panels.data() + columns * k0;
    table.pack({w.data() + k0, p.k, kernels::weight_format::f32, p.n, depth, packed, 0});
    table.gemm({.a = a.data() + k0,
                .lda = p.k,
                .panels = packed,
                .init = begins ? bias.data() : c.data(),
                .ld_init = begins ? 0 : ldc,
                .residual = ends && residual ? extra.data() : nullptr,
                .ld_residual = p.n,
                .c = c.data(),
                .ldc = ldc,
                .m = p.m,
                .n = p.n,
                .k = depth,
                .act = ends ? act : activation::none});
  }
  std::vector<float> result;
  for (isize i = 0; i < p.m; ++i)
    for (isize j = 0; j < ldc && i * ldc + j < static_cast<isize>(c.size()); ++j) {
      const float x = c[static_cast<std::size_t>(i * ldc + j)];
      if (j < p.n)
        result.push_back(x);
      else
        REQUIRE(x == 77);
    }
  return result;
}

// One fma chain an output, from the bias over ascending k: the promise, in scalar code.
std::vector<float> chains(const problem& p) {
  std::vector<float> c;
  for (isize i = 0; i < p.m; ++i)
    for (isize j = 0; j < p.n; ++j) {
      float sum = p.bias[static_cast<std::size_t>(j)];
      for (isize l = 0; l < p.k; ++l)
        sum = std::fma(p.a[static_cast<std::size_t>(i * p.k + l)], p.w[static_cast<std::size_t>(j * p.k + l)], sum);
      c.push_back(sum);
    }
  return c;
}

// |fl(chain) - exact| <= k u sum |a| |w| with u = 2^-24, twice that where products are rounded too; |a|, |w| <= 1.
double tolerance(const problem& p) {
  return 2.0 * static_cast<double>(p.k + 2) * static_cast<double>(p.k + 1) * 0x1p-24;
}

}  // namespace

TEST_CASE("gemm is one fma chain an output, for every tail of rows and columns") {
  for_each_variant([](const kernel_table& table) {
    const isize width = table.panel_width;
    for (isize m = 1; m <= 2 * table.tile_rows + 1; ++m)
      for (const isize n : std::set<isize>{1, 2, 3, width - 1, width, width + 1, 2 * width, 2 * width + 5}) {
        problem p(m, n, 19);
        const std::vector<float> c = run(table, p, activation::none, false, n % 3), expected = chains(p);
        for (std::size_t i = 0; i < c.size(); ++i) {
          if (is_fused(table))
            REQUIRE(bits_of(c[i]) == bits_of(expected[i]));
          else
            REQUIRE(std::abs(c[i] - expected[i]) <= 2 * tolerance(p));
        }
      }
  });
}

TEST_CASE("gemm continues the same chain over blocks of k") {
  for_each_variant([](const kernel_table& table) {
    for (const isize k : {1, 2, 511, 512, 513, 768, 1025, 3072}) {
      problem p(table.tile_rows + 1, table.panel_width + 3, k);
      const std::vector<float> expected = chains(p);
      for (const isize block : {0, 512}) {
        const std::vector<float> c = run(table, p, activation::none, false, 0, block);
        for (std::size_t i = 0; i < c.size(); ++i) {
          if (is_fused(table))
            REQUIRE(bits_of(c[i]) == bits_of(expected[i]));
          else
            REQUIRE(std::abs(c[i] - expected[i]) <= 2 * tolerance(p));
        }
      }
    }
  });
}

TEST_CASE("gemm adds bias, activation and residual as float64 does") {
  for_each_variant([](const kernel_table& table) {
    for (const activation act :
         {activation::none, activation::gelu, activation::gelu_new, activation::relu, activation::silu})
      for (const bool residual : {false, true}) {
        problem p(table.tile_rows + 3, 2 * table.panel_width + 7, 40);
        const std::vector<float> c = run(table, p, act, residual);
        const std::vector<double> a = widen(p.a), w = widen(p.w), bias = widen(p.bias), extra = widen(p.residual);
        std::vector<double> expected(c.size());
        kernels::reference::linear(a.data(), w.data(), bias.data(), residual ? extra.data() : nullptr, expected.data(),
                                   p.m, p.n, p.k, act);
        // No activation here is steeper than 1.13; its own error is below 1e-6 on these values.
        for (std::size_t i = 0; i < c.size(); ++i) REQUIRE(std::abs(c[i] - expected[i]) <= 1.13 * tolerance(p) + 1e-6);
      }
  });
}

TEST_CASE("a row's result does not depend on the rows beside it") {
  for_each_variant([](const kernel_table& table) {
    problem all(3 * table.tile_rows + 2, table.panel_width + 1, 530);
    const std::vector<float> together = run(table, all, activation::gelu, true);
    for (isize i = 0; i < all.m; ++i) {
      problem one(1, all.n, all.k);
      one.a.assign(all.a.begin() + i * all.k, all.a.begin() + (i + 1) * all.k);
      one.residual.assign(all.residual.begin() + i * all.n, all.residual.begin() + (i + 1) * all.n);
      const std::vector<float> alone = run(table, one, activation::gelu, true);
      for (std::size_t j = 0; j < alone.size(); ++j)
        REQUIRE(bits_of(alone[j]) == bits_of(together[static_cast<std::size_t>(i * all.n) + j]));
    }
  });
}

TEST_CASE("all variants with a fused multiply-add give the same bits") {
  std::vector<std::vector<float>> results;
  for_each_variant([&](const kernel_table& table) {
    if (!is_fused(table)) return;
    problem p(17, 75, 600);
    results.push_back(run(table, p, activation::gelu, true));
    for (std::size_t i = 0; i < results.back().size(); ++i)
      REQUIRE(bits_of(results.back()[i]) == bits_of(results.front()[i]));
  });
}
