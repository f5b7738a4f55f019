#pragma once
// The kernels that every unit has: compiled with the unit's own flags, over the width that xsimd chooses for them.

#include "distilbert/core/config.hpp"
#include "distilbert/kernels/half_table.hpp"
#include "distilbert/kernels/int8_table.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/simd/target.hpp"

#if DISTILBERT_X86_64 || DISTILBERT_AARCH64 || defined(__wasm__)
// Only what tells the width: all of xsimd would cost every including unit a third of a second.
#include <stddef.h>
#include <stdint.h>

#if __has_include(<xsimd/config/xsimd_inline.hpp>)  // from xsimd 13 on, whose other headers expect it
#include <xsimd/config/xsimd_inline.hpp>
#endif
#include <xsimd/config/xsimd_arch.hpp>
#include <xsimd/types/xsimd_all_registers.hpp>
#else
#include <xsimd/xsimd.hpp>
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
