#pragma once
// The kernels for AVX2 with FMA and F16C (Haswell, Zen and later), whatever the unit's own flags.

#include "distilbert/core/config.hpp"
#include "distilbert/kernels/half_table.hpp"
#include "distilbert/kernels/int8_table.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/simd/target.hpp"

#if DISTILBERT_X86_64
#include <immintrin.h>

DISTILBERT_SPAN_BEGIN(DISTILBERT_AVX2_FEATURES)
namespace distilbert::kernels::avx2 {
inline constexpr const char* variant_name = "avx2";
#include "distilbert/simd/avx2.inl"

#include "distilbert/kernels/all.inl"
}  // namespace distilbert::kernels::avx2
DISTILBERT_SPAN_END
#endif
