#pragma once
// The kernels that every unit has: compiled with the unit's own flags, over the width that xsimd chooses for them.

#include "distilbert/core/config.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/simd/target.hpp"

#if defined(__clang__) || defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <xsimd/xsimd.hpp>
#if defined(__clang__) || defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#if DISTILBERT_X86_64
#include <immintrin.h>
#elif DISTILBERT_AARCH64
#include <arm_neon.h>
#endif

DISTILBERT_SPAN_MATH_BEGIN
namespace distilbert::kernels {
inline namespace DISTILBERT_BASELINE {
namespace baseline {
inline constexpr const char* variant_name = DISTILBERT_AARCH64 ? "neon" : "baseline";
#include "distilbert/simd/xsimd.inl"

#include "distilbert/kernels/all.inl"
}  // namespace baseline
}  // namespace DISTILBERT_BASELINE
}  // namespace distilbert::kernels
DISTILBERT_SPAN_MATH_END
