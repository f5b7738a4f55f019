#include <cmath>
#include <vector>

#include "distilbert/kernels/reference.hpp"
#include "support/guarded.hpp"
#include "support/kernels.hpp"

namespace {

struct head {
  isize queries, seq, dim;
  std::vector<float> q, k, v;
  head(isize rows, isize tokens, isize head_dim)
      : queries(rows),
        seq(tokens),
        dim(head_dim),
        q(random_floats(rows * head_dim, 1, -2, 2)),
        k(random_floats(tokens * head_dim, 2, -2, 2)),
        v(random_floats(tokens * head_dim, 3)) {}
};

std::vector<float> run(const kernel_table& table, const head& h) {
  guarded<float> q(h.q), k(h.k), v(h.v), out(static_cast<std::size_t>(h.queries * h.dim));
  guarded<float> scratch(static_cast<std::size_t>(kernels::attention_scratch(table, h.seq, h.dim)));
  table.attention({.q = q.data(),
                   .ldq = h.dim,
                   .k = k.data(),
                   .v = v.data(),
                   .ldkv = h.dim,
                   .out = out.data(),
                   .ld_out = h.dim,
                   .queries = h.queries,
                   .seq = h.seq,
                   .head_dim = h.dim,
                   .scratch = scratch.data()});
  return {out.data(), out.data() + out.size()};
}

}  // namespace

TEST_CASE("attention agrees with float64 for every tail of tokens and of head_dim") {
  for_each_variant([](const kernel_table& table) {
    for (const isize dim : {1, 4, 12, 13, 32, 33, 64, 70})
      for (const isize seq : {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 50, 130}) {
        const head h(seq, seq, dim);
        const std::vector<float> out = run(table, h);
        const std::vector<double> q = widen(h.q), k = widen(h.k), v = widen(h.v);
        std::vector<double> expected(out.size()), scores(static_cast<std::size_t>(seq));
        kernels::reference::attention(q.data(), k.data(), v.data(), expected.data(), scores.data(), seq, seq, dim,
                                      1 / std::sqrt(static_cast<double>(dim)));
        // A score is a chain of `dim` products of at most 4, divided by sqrt(dim): its error is at most 4 dim 2^-24,
        // and shows as that share of the weights, whose sum is 1, with |v| <= 1; twice for the maximum's own error.
        const double tolerance = 2 * (4 * static_cast<double>(dim) + static_cast<double>(seq) + 8) * 0x1p-24;
        for (std::size_t i = 0; i < out.size(); ++i) REQUIRE(std::abs(out[i] - expected[i]) <= tolerance);
      }
  });
}

TEST_CASE("the first query alone gives the bits that it has among all") {
  for_each_variant([](const kernel_table& table) {
    for (const isize seq : {1, 9, 40, 200}) {
      head all(seq, seq, 64), one(1, seq, 64);
      one.q.assign(all.q.begin(), all.q.begin() + 64);
      const std::vector<float> together = run(table, all), alone = run(table, one);
      for (std::size_t i = 0; i < alone.size(); ++i) REQUIRE(bits_of(alone[i]) == bits_of(together[i]));
    }
  });
}

TEST_CASE("attention gives the same bits on all variants with a fused multiply-add") {
  for (const isize seq : {1, 5, 33, 100, 512}) {
    std::vector<float> first;
    for_each_variant([&](const kernel_table& table) {
      if (!is_fused(table)) return;
      const std::vector<float> out = run(table, head(seq, seq, 24));
      if (first.empty()) first = out;
      for (std::size_t i = 0; i < out.size(); ++i) REQUIRE(bits_of(out[i]) == bits_of(first[i]));
    });
  }
}
