#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/core/executor.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "measure/timing.hpp"

#if DISTILBERT_X86_64
DISTILBERT_SPAN_BEGIN(DISTILBERT_AVX2_FEATURES)
namespace measure::avx2 {
using namespace distilbert::kernels::avx2;
#include "measure/limits.inl"
}  // namespace measure::avx2
DISTILBERT_SPAN_END

DISTILBERT_SPAN_BEGIN(DISTILBERT_AVX512_FEATURES)
namespace measure::avx512 {
using namespace distilbert::kernels::avx512;
#include "measure/limits.inl"
}  // namespace measure::avx512
DISTILBERT_SPAN_END
#endif

DISTILBERT_SPAN_MATH_BEGIN
namespace measure::baseline {
using namespace distilbert::kernels::baseline;
#include "measure/limits.inl"
}  // namespace measure::baseline
DISTILBERT_SPAN_MATH_END

namespace measure {

/// What the machine does at most, with one instruction set and so many threads.
struct limits {
  double flops = 0;             ///< floating-point operations a second; a multiply-add counts as two
  double bytes_per_second = 0;  ///< read from memory
};

namespace detail {

struct probe {
  float (*multiply_add)(std::size_t steps) noexcept;
  double step_flop;
  float (*read)(const float* p, std::size_t n) noexcept;
};

inline probe probe_of(std::string_view isa) noexcept {
#if DISTILBERT_X86_64
  if (isa.starts_with("avx512")) return {avx512::multiply_add, avx512::step_flop, avx512::read};
  if (isa.starts_with("avx2")) return {avx2::multiply_add, avx2::step_flop, avx2::read};
#endif
  (void)isa;
  return {baseline::multiply_add, baseline::step_flop, baseline::read};
}

// The least seconds of several runs of f(piece) on every thread at once.
template <class Piece>
double best_seconds(std::size_t rounds, distilbert::parallel_ref parallel, const Piece& f) {
  return time_rounds(rounds, [&] { return seconds_of([&] { parallel(parallel.concurrency(), f); }); }).best;
}

}  // namespace detail

/// Measures both, in about half a second: chains of multiply-adds in registers, and reads of 256 MiB.
///
/// Where a cache holds 256 MiB it holds a model's weights too: then the reads are the cache's, as the model's are.
/// Errors: out_of_memory.
inline distilbert::result<limits> measure_limits(const distilbert::kernels::kernel_table& kernels,
                                                 distilbert::parallel_ref parallel) {
  const detail::probe probe = detail::probe_of(kernels.name);
  const std::size_t threads = parallel.concurrency();
  constexpr std::size_t steps = std::size_t{1} << 20;
  constexpr std::size_t floats = std::size_t{64} << 20;
  const std::size_t share = floats / threads / 64 * 64;
  distilbert::aligned_buffer<float> memory, results;
  if (!memory.allocate(floats) || !results.allocate(threads * 16))
    return distilbert::error{distilbert::errc::out_of_memory, "no memory for 256 MiB to measure its bandwidth by"};
  parallel(threads, [&](std::size_t i) { std::fill_n(memory.data() + i * share, share, 1.0F); });

  limits found;
  // Results are kept, so that nothing is optimised away: each on a line of its own.
  found.flops = static_cast<double>(threads * steps) * probe.step_flop /
                detail::best_seconds(20, parallel, [&](std::size_t i) { results[i * 16] = probe.multiply_add(steps); });
  found.bytes_per_second =
      static_cast<double>(threads * share * sizeof(float)) / detail::best_seconds(10, parallel, [&](std::size_t i) {
        results[i * 16] = probe.read(memory.data() + i * share, share);
      });
  return found;
}

}  // namespace measure
