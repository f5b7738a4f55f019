// Products [m x 768] x [768 x 768] with cold weights, by every variant that the machine runs.

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "cold_weights.hpp"
#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "distilbert/model/matrix.hpp"

namespace kernels = distilbert::kernels;
using kernels::isize;

namespace {

constexpr isize n = 768, k = 768;

void gemm(benchmark::State& state, const kernels::kernel_table& table) {
  const isize m = state.range(0), ld = distilbert::row_stride(k);
  static cold_weights weights(static_cast<std::size_t>(n * k));  // any values do: a panel is as good as another
  distilbert::aligned_buffer<float> a, c;
  if (!a.allocate(static_cast<std::size_t>(m * ld)) || !c.allocate(static_cast<std::size_t>(m * ld)))
    return state.SkipWithError("no memory");
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i % 101) * 0.01F;
  const std::vector<float> bias(static_cast<std::size_t>(n), 0.5F);
  for (auto _ : state) {
    table.gemm({.a = a.data(),
                .lda = ld,
                .panels = weights.next(),
                .init = bias.data(),
                .ld_init = 0,
                .residual = nullptr,
                .ld_residual = 0,
                .c = c.data(),
                .ldc = ld,
                .m = m,
                .n = n,
                .k = k,
                .act = kernels::activation::none});
    benchmark::ClobberMemory();
  }
  state.counters["FLOP/s"] =
      benchmark::Counter(static_cast<double>(2 * m * n * k), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["weights_B/s"] =
      benchmark::Counter(static_cast<double>(n * k) * sizeof(float), benchmark::Counter::kIsIterationInvariantRate);
}

const bool registered = [] {
  kernels::for_each_runnable([](const kernels::kernel_table& table) {
    auto* bench = benchmark::RegisterBenchmark(("gemm/" + std::string(table.name)).c_str(), gemm, table);
    for (const isize m : {1, 8, 16, 32, 64, 128, 512}) bench->Arg(m);
  });
  return true;
}();

}  // namespace
