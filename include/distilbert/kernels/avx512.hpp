#pragma once
// The kernels for AVX-512 F, BW, DQ and VL (Skylake-X, Zen 4 and later), whatever the unit's own flags.

#include "distilbert/core/config.hpp"
#include "distilbert/kernels/half_table.hpp"
#include "distilbert/kernels/int8_table.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/simd/target.hpp"

#if DISTILBERT_X86_64
#include <immintrin.h>

DISTILBERT_SPAN_BEGIN(DISTILBERT_AVX512_FEATURES)
namespace distilbert::kernels::avx512 {
inline constexpr const char* variant_name = "avx512";
#include "distilbert/simd/avx512.inl"

#include "distilbert/kernels/all.inl"
}  // namespace distilbert::kernels::avx512
DISTILBERT_SPAN_END
#endif
