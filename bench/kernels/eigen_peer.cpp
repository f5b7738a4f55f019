// The same products by Eigen, compiled for the machine itself.

#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Core>

#include "cold_weights.hpp"

namespace {

void eigen(benchmark::State& state) {
  using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  constexpr Eigen::Index n = 768, k = 768;
  const Eigen::Index m = state.range(0);
  static cold_weights weights(static_cast<std::size_t>(n * k));
  const matrix a = matrix::Random(m, k);
  matrix c(m, n);
  for (auto _ : state) {
    const Eigen::Map<const matrix> w(weights.next(), n, k);
    c.noalias() = a * w.transpose();
    benchmark::ClobberMemory();
  }
  state.counters["FLOP/s"] =
      benchmark::Counter(static_cast<double>(2 * m * n * k), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["weights_B/s"] =
      benchmark::Counter(static_cast<double>(n * k) * sizeof(float), benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(eigen)->Arg(1)->Arg(8)->Arg(16)->Arg(32)->Arg(64)->Arg(128)->Arg(512);

}  // namespace
