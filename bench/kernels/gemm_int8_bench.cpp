// Products [m x 768] x [768 x 768] with cold int8 weights, rows rounded to 8 bits included, by every variant that the
// machine runs.

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "cold_weights.hpp"
#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/kernels/int8.hpp"
#include "distilbert/model/matrix.hpp"

namespace kernels = distilbert::kernels;
using kernels::isize;

namespace {

constexpr isize n = 768, k = 768;

void gemm_int8(benchmark::State& state, const kernels::int8_table& table) {
  const isize m = state.range(0), ld = distilbert::row_stride(k);
  const isize bytes = n / table.panel_width * kernels::int8_panel_bytes(table.panel_width, k);
  // Any bytes do but for the factors: as floats they are small here.
  cold_weights weights(static_cast<std::size_t>(bytes) / sizeof(float));
  distilbert::aligned_buffer<float> a, c;
  distilbert::aligned_buffer<std::byte> scratch;
  if (!a.allocate(static_cast<std::size_t>(m * ld)) || !c.allocate(static_cast<std::size_t>(m * ld)) ||
      !scratch.allocate(static_cast<std::size_t>(kernels::int8_scratch(table, m, k))))
    return state.SkipWithError("no memory");
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i % 101) * 0.01F;
  const std::vector<float> bias(static_cast<std::size_t>(n), 0.5F);
  for (auto _ : state) {
    table.gemm({.a = a.data(),
                .lda = ld,
                .panels = reinterpret_cast<const std::byte*>(weights.next()),
                .init = bias.data(),
                .ld_init = 0,
                .residual = nullptr,
                .ld_residual = 0,
                .c = c.data(),
                .ldc = ld,
                .m = m,
                .n = n,
                .k = k,
                .act = kernels::activation::none,
                .scratch = scratch.data()});
    benchmark::ClobberMemory();
  }
  state.counters["OP/s"] =
      benchmark::Counter(static_cast<double>(2 * m * n * k), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["weights_B/s"] =
      benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kIsIterationInvariantRate);
}

const bool registered = [] {
  kernels::for_each_runnable_int8([](const kernels::int8_table& table) {
    auto* bench = benchmark::RegisterBenchmark(("gemm_int8/" + std::string(table.name)).c_str(), gemm_int8, table);
    for (const isize m : {1, 8, 16, 32, 64, 128, 512}) bench->Arg(m);
  });
  return true;
}();

}  // namespace
