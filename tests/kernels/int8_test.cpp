#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "distilbert/kernels/int8.hpp"
#include "distilbert/kernels/reference.hpp"
#include "support/guarded.hpp"
#include "support/kernels.hpp"

using kernels::activation;
using kernels::int8_block;
using kernels::int8_table;

namespace {

template <class Function>
void for_each_int8(Function f) {
  kernels::for_each_runnable_int8([&](const int8_table& table) {
    INFO("variant ", doctest::String(table.name));
    f(table);
  });
}

// Whether a variant's fma rounds once.
bool is_fused([[maybe_unused]] const int8_table& table) {
#if DISTILBERT_X86_64 && !defined(__FMA__)
  return std::string_view(table.name) != "baseline";
#else
  return true;
#endif
}

std::size_t at(isize i) { return static_cast<std::size_t>(i); }

struct quantised {
  std::vector<std::int8_t> values;
  std::vector<float> scales;
};

quantised quantise(const int8_table& table, const std::vector<float>& weight, isize n, isize k) {
  quantised q{std::vector<std::int8_t>(at(n * k)), std::vector<float>(at(n * kernels::int8_blocks(k)))};
  table.quantise_weights({weight.data(), kernels::weight_format::f32, n, k, q.values.data(), q.scales.data()});
  return q;
}

struct problem {
  isize m, n, k;
  std::vector<float> a, bias, residual;
  quantised w;
};

problem make_problem(const int8_table& table, isize m, isize n, isize k) {
  return {m,
          n,
          k,
          random_floats(m * k, 1, -1, 3),
          random_floats(n, 3),
          random_floats(m * n, 4),
          quantise(table, random_floats(n * k, 2), n, k)};
}

// Runs gemm with every buffer against a forbidden page, rows of C apart by `gap` floats that must stay as they are.
std::vector<float> run(const int8_table& table, const problem& p, activation act, bool residual, isize gap = 0) {
  const isize columns = kernels::round_up(p.n, table.panel_width), ldc = p.n + gap;
  guarded<float> a(p.a), extra(p.residual), bias(at(columns)), c(at((p.m - 1) * ldc + p.n));
  guarded<std::byte> panels(at(columns / table.panel_width * kernels::int8_panel_bytes(table.panel_width, p.k)));
  guarded<std::byte> scratch(at(kernels::int8_scratch(table, p.m, p.k)));
  guarded<std::int8_t> values(p.w.values);
  guarded<float> scales(p.w.scales);
  for (std::size_t j = 0; j < p.bias.size(); ++j) bias[j] = p.bias[j];
  for (float& x : c.span()) x = 77;
  table.pack({values.data(), scales.data(), p.n, p.k, panels.data(), 0});
  table.gemm({.a = a.data(),
              .lda = p.k,
              .panels = panels.data(),
              .init = bias.data(),
              .ld_init = 0,
              .residual = residual ? extra.data() : nullptr,
              .ld_residual = p.n,
              .c = c.data(),
              .ldc = ldc,
              .m = p.m,
              .n = p.n,
              .k = p.k,
              .act = act,
              .scratch = scratch.data()});
  std::vector<float> result;
  for (isize i = 0; i < p.m; ++i)
    for (isize j = 0; j < ldc && i * ldc + j < static_cast<isize>(c.size()); ++j) {
      const float x = c[at(i * ldc + j)];
      if (j < p.n)
        result.push_back(x);
      else
        REQUIRE(x == 77);
    }
  return result;
}

// One row and block as the contract of gemm_int8_args says, in scalar code.
struct rounded_block {
  float low, scale;
  std::vector<int> q;
};
rounded_block round_block(const float* x, isize n) {
  float low = 0, high = 0;
  for (isize i = 0; i < n; ++i) {
    low = std::min(low, x[i]);
    high = std::max(high, x[i]);
  }
  const float range = high - low, per_step = range == 0 ? 0 : 255.0F / range, step = range / 255.0F;
  const int zero = static_cast<int>(std::nearbyint(static_cast<double>(-low) * static_cast<double>(per_step)));
  rounded_block b{static_cast<float>(-zero) * step, step, {}};
  for (isize i = 0; i < n; ++i) {
    const double q = std::nearbyint(static_cast<double>(x[i]) * static_cast<double>(per_step) + zero);
    b.q.push_back(static_cast<int>(std::clamp(q, 0.0, 255.0)));
  }
  return b;
}

// The contract of gemm_int8_args with plain loops: 64-bit integers, and one std::fma for each rounding.
std::vector<float> expected(const problem& p) {
  std::vector<float> c;
  for (isize i = 0; i < p.m; ++i) {
    std::vector<rounded_block> blocks;
    for (isize k0 = 0; k0 < p.k; k0 += int8_block)
      blocks.push_back(round_block(p.a.data() + i * p.k + k0, std::min(int8_block, p.k - k0)));
    for (isize j = 0; j < p.n; ++j) {
      float y = p.bias[at(j)];
      for (isize b = 0; b < static_cast<isize>(blocks.size()); ++b) {
        const rounded_block& block = blocks[at(b)];
        std::int64_t sum = 0, weights = 0;
        for (isize l = 0; l < static_cast<isize>(block.q.size()); ++l) {
          const int w = p.w.values[at(j * p.k + b * int8_block + l)];
          sum += block.q[at(l)] * w;
          weights += w;
        }
        const float scale = p.w.scales[at(j * kernels::int8_blocks(p.k) + b)];
        y = std::fma(block.low, scale * static_cast<float>(weights), y);
        y = std::fma(static_cast<float>(sum), block.scale * scale, y);
      }
      c.push_back(y);
    }
  }
  return c;
}

// Without fma, two products and two sums a block round: 2^-24 each of at most k |a| |w|, and q may be one more or less.
void require_same(const int8_table& table, const problem& p, const std::vector<float>& c, const std::vector<float>& e,
                  double largest_product = 4) {
  REQUIRE(c.size() == e.size());
  const double blocks = static_cast<double>(kernels::int8_blocks(p.k));
  const double tolerance = largest_product * static_cast<double>(p.k) * (4 * blocks * 0x1p-24 + 1.0 / 255);
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (is_fused(table))
      REQUIRE(bits_of(c[i]) == bits_of(e[i]));
    else
      REQUIRE(std::abs(c[i] - e[i]) <= tolerance);
  }
}

}  // namespace

TEST_CASE("int8 gemm is the plain loops of its contract to the bit, for every tail of rows and columns") {
  for_each_int8([](const int8_table& table) {
    const isize width = table.panel_width;
    for (isize m = 1; m <= 21; ++m)
      for (const isize n : std::set<isize>{1, 2, 3, width - 1, width, width + 1, 2 * width, 2 * width + 5}) {
        const problem p = make_problem(table, m, n, 37);
        require_same(table, p, run(table, p, activation::none, false, n % 3), expected(p));
      }
  });
}

TEST_CASE("int8 gemm is the plain loops of its contract over blocks of k, whole and cut") {
  for_each_int8([](const int8_table& table) {
    for (const isize k : {1, 2, 3, 4, 5, 13, 36, 127, 128, 129, 255, 384, 768, 1025, 3072}) {
      const problem p = make_problem(table, 11, table.panel_width + 3, k);
      require_same(table, p, run(table, p, activation::none, false), expected(p));
    }
  });
}

TEST_CASE("int8 gemm rounds rows in blocks without a seam") {
  for_each_int8([](const int8_table& table) {
    const problem p = make_problem(table, table.row_block + 2, 5, 130);
    require_same(table, p, run(table, p, activation::none, false), expected(p));
  });
}

TEST_CASE("int8 gemm adds activation and residual as the f32 kernels do") {
  for_each_int8([](const int8_table& table) {
    for (const activation act : {activation::gelu, activation::gelu_new, activation::relu, activation::silu}) {
      const problem p = make_problem(table, 12, table.panel_width + 7, 40);
      const std::vector<float> plain = run(table, p, activation::none, false), c = run(table, p, act, true);
      for (std::size_t i = 0; i < c.size(); ++i) {
        const double y = kernels::reference::activate(plain[i], act) + p.residual[i];
        REQUIRE(std::abs(c[i] - y) <= 1e-6 * (1 + std::abs(plain[i])));
      }
    }
  });
}

TEST_CASE("int8 weights: no two neighbours can take a sum of 16 bits past its end") {
  // |a[0] w[0] + a[1] w[1]| <= 255 max(sum of the positive w, -sum of the negative w) <= 255 * 128 < 2^15.
  static_assert(255 * kernels::int8_pair_limit <= std::numeric_limits<std::int16_t>::max());
  // A block's sum is exact in 24 bits, so that its conversion to float is too.
  static_assert(int8_block / 2 * 255 * kernels::int8_pair_limit < 1 << 24);
  std::vector<std::vector<float>> weights;
  for (unsigned seed = 0; seed < 50; ++seed) weights.push_back(random_floats(3 * 384, seed));
  std::vector<float> hostile = random_floats(3 * 384, 50, -1e-3F, 1e-3F);
  for (std::size_t i = 0; i < hostile.size(); i += 7) hostile[i] = i % 2 == 0 ? 1.0F : -0.999F;
  weights.push_back(hostile);
  weights.emplace_back(3 * 384, 1.0F);
  weights.emplace_back(3 * 384, std::numeric_limits<float>::max());
  weights.emplace_back(3 * 384, std::numeric_limits<float>::denorm_min());
  for_each_int8([&](const int8_table& table) {
    for (const std::vector<float>& w : weights)
      for (const isize k : {384, 128, 9}) {
        const isize n = 1152 / k;
        const quantised q = quantise(table, w, n, k);
        for (isize j = 0; j < n; ++j)
          for (isize i = 0; i < k; i += 2) {
            const int x = q.values[at(j * k + i)], y = i + 1 < k ? q.values[at(j * k + i + 1)] : 0;
            REQUIRE(std::max(x, 0) + std::max(y, 0) <= kernels::int8_pair_limit);
            REQUIRE(std::max(-x, 0) + std::max(-y, 0) <= kernels::int8_pair_limit);
            REQUIRE(x >= -127);
          }
      }
  });
}

TEST_CASE("int8 weights are within half a scale of what they stand for") {
  for_each_int8([](const int8_table& table) {
    const isize n = 7, k = 300;
    const std::vector<float> w = random_floats(n * k, 9);
    const quantised q = quantise(table, w, n, k);
    for (isize j = 0; j < n; ++j)
      for (isize i = 0; i < k; ++i) {
        const double scale = q.scales[at(j * kernels::int8_blocks(k) + i / int8_block)];
        REQUIRE(std::abs(scale * q.values[at(j * k + i)] - w[at(j * k + i)]) <= scale * (0.5 + 1e-4));
      }
  });
}

TEST_CASE("int8 weights are the same on every variant") {
  const isize n = 5, k = 260;
  const std::vector<float> w = random_floats(n * k, 11);
  const quantised first = quantise(kernels::baseline::by_words::int8, w, n, k);
  for_each_int8([&](const int8_table& table) {
    const quantised q = quantise(table, w, n, k);
    CHECK(q.values == first.values);
    for (std::size_t i = 0; i < q.scales.size(); ++i) CHECK(bits_of(q.scales[i]) == bits_of(first.scales[i]));
  });
}

TEST_CASE("int8 gemm at the ends of its range: 255 times the largest pairs, for all of k") {
  for_each_int8([](const int8_table& table) {
    const isize k = 3072;
    for (const float sign : {1.0F, -1.0F})
      for (const bool lopsided : {false, true}) {
        problem p = make_problem(table, 3, table.panel_width, k);
        // Every activation but the first of a block is at the top of its range.
        for (isize i = 0; i < p.m * k; ++i) p.a[at(i)] = i % int8_block == 0 ? 0.0F : 255.0F;
        std::vector<float> w(at(p.n * k));
        for (isize i = 0; i < p.n * k; ++i) w[at(i)] = sign * (lopsided ? (i % 2 == 0 ? 127.0F : 1.0F) : 64.0F);
        p.w = quantise(table, w, p.n, k);
        require_same(table, p, run(table, p, activation::none, false), expected(p), 255 * 127);
      }
  });
}

TEST_CASE("int8 gemm: rows that are constant, tiny or huge") {
  for_each_int8([](const int8_table& table) {
    problem p = make_problem(table, 4, 20, 128);
    for (isize i = 0; i < 128; ++i) {
      p.a[at(i)] = -2.5F;
      p.a[at(128 + i)] = i % 2 == 0 ? 1e-36F : 0.0F;
      p.a[at(256 + i)] = i % 2 == 0 ? 1e30F : -1e30F;
      p.a[at(384 + i)] = i % 2 == 0 ? -0.0F : 0.0F;
    }
    const std::vector<float> c = run(table, p, activation::none, false);
    for (isize j = 0; j < p.n; ++j) {
      double weights = 0;
      for (isize i = 0; i < 128; ++i) weights += p.w.values[at(j * 128 + i)] * static_cast<double>(p.w.scales[at(j)]);
      const float bias = p.bias[at(j)];
      CHECK(std::abs(c[at(j)] - (bias - 2.5 * weights)) <= 1e-4);
      CHECK(c[at(p.n + j)] == bias);
      CHECK(!is_nan(c[at(2 * p.n + j)]));
      CHECK(c[at(3 * p.n + j)] == bias);
    }
  });
}

TEST_CASE("int8 gemm never turns a NaN or an infinity into a number") {
  for_each_int8([](const int8_table& table) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()})
      for (const isize where : {0, 5, 129}) {
        problem p = make_problem(table, 2, 9, 130);
        p.a[at(130 + where)] = bad;
        const std::vector<float> c = run(table, p, activation::none, false);
        for (isize j = 0; j < p.n; ++j) {
          CHECK(!is_nan(c[at(j)]));
          CHECK(is_nan(c[at(p.n + j)]));
        }
        p = make_problem(table, 1, 3, 130);
        std::vector<float> w = random_floats(3 * 130, 2);
        w[at(130 + where)] = bad;
        p.w = quantise(table, w, 3, 130);
        const std::vector<float> d = run(table, p, activation::none, false);
        CHECK(!is_nan(d[0]));
        CHECK(is_nan(d[1]));
        CHECK(!is_nan(d[2]));
      }
  });
}

TEST_CASE("a row's int8 result does not depend on the rows beside it") {
  for_each_int8([](const int8_table& table) {
    const problem all = make_problem(table, 31, table.panel_width + 1, 260);
    const std::vector<float> together = run(table, all, activation::gelu, true);
    for (isize i = 0; i < all.m; ++i) {
      problem one = all;
      one.m = 1;
      one.a.assign(all.a.begin() + i * all.k, all.a.begin() + (i + 1) * all.k);
      one.residual.assign(all.residual.begin() + i * all.n, all.residual.begin() + (i + 1) * all.n);
      const std::vector<float> alone = run(table, one, activation::gelu, true);
      for (std::size_t j = 0; j < alone.size(); ++j) REQUIRE(bits_of(alone[j]) == bits_of(together[at(i * all.n) + j]));
    }
  });
}
