#pragma once
// The AVX-512 kernels in AVX2's instructions, so that machines without AVX-512 test them too. Needs SIMDe and -mavx2
// -mfma -mf16c. The library comes first: the aliases would make its own AVX-512 kernels emulated ones.
#include "distilbert/kernels/dispatch.hpp"

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

DISTILBERT_SPAN_MATH_BEGIN
namespace emulated {

// What SIMDe lacks, by halves.
DISTILBERT_INLINE __m512 join(__m256 low, __m256 high) {
  simde__m512_private r;
  r.m256[0] = low;
  r.m256[1] = high;
  return simde__m512_from_private(r);
}
DISTILBERT_INLINE __m256 half(__m512 x, int i) { return simde__m512_to_private(x).m256[i]; }
DISTILBERT_INLINE __m256i lanes(__mmask16 mask, int i) {
  const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(mask >> (8 * i)), bit), bit);
}
DISTILBERT_INLINE __m512 load_masked(__mmask16 mask, const float* p) {
  return join(_mm256_maskload_ps(p, lanes(mask, 0)), _mm256_maskload_ps(p + 8, lanes(mask, 1)));
}
DISTILBERT_INLINE void store_masked(float* p, __mmask16 mask, __m512 x) {
  _mm256_maskstore_ps(p, lanes(mask, 0), half(x, 0));
  _mm256_maskstore_ps(p + 8, lanes(mask, 1), half(x, 1));
}
DISTILBERT_INLINE __m512 from_f16(__m256i x) {
  return join(_mm256_cvtph_ps(_mm256_castsi256_si128(x)), _mm256_cvtph_ps(_mm256_extracti128_si256(x, 1)));
}
DISTILBERT_INLINE __m512i widen(__m256i x) {
  const __m256i low = _mm256_cvtepu16_epi32(_mm256_castsi256_si128(x));
  const __m256i high = _mm256_cvtepu16_epi32(_mm256_extracti128_si256(x, 1));
  return simde_mm512_castps_si512(join(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high)));
}
DISTILBERT_INLINE __m256i int_half(__m512i x, int i) { return simde__m512i_to_private(x).m256i[i]; }
DISTILBERT_INLINE __m512 to_floats_by_halves(__m512i x) {
  return join(_mm256_cvtepi32_ps(int_half(x, 0)), _mm256_cvtepi32_ps(int_half(x, 1)));
}
DISTILBERT_INLINE __m512i widen_signed(__m128i x) {
  const __m256i low = _mm256_cvtepi8_epi32(x), high = _mm256_cvtepi8_epi32(_mm_srli_si128(x, 8));
  return simde_mm512_castps_si512(join(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high)));
}
DISTILBERT_INLINE __m128i low_bytes(__m512i x) {
  signed char bytes[16];
  for (int i = 0; i < 16; ++i) bytes[i] = static_cast<signed char>(simde__m512i_to_private(x).i32[i]);
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

#undef _mm512_cvtepi32_ps
#undef _mm512_cvtepi8_epi32
#undef _mm512_cvtepi32_epi8
#undef _mm512_maskz_loadu_ps
#undef _mm512_mask_storeu_ps
#undef _mm512_extractf32x8_ps
#undef _mm512_cvtph_ps
#undef _mm512_cvtepu16_epi32
#define _mm512_maskz_loadu_ps emulated::load_masked
#define _mm512_mask_storeu_ps emulated::store_masked
#define _mm512_extractf32x8_ps emulated::half
#define _mm512_cvtph_ps emulated::from_f16
#define _mm512_cvtepu16_epi32 emulated::widen
#define _mm512_cvtepi32_ps emulated::to_floats_by_halves
#define _mm512_cvtepi8_epi32 emulated::widen_signed
#define _mm512_cvtepi32_epi8 emulated::low_bytes

namespace avx512 {
using namespace distilbert::kernels;
inline constexpr const char* variant_name = "avx512 (emulated)";
#include "distilbert/simd/avx512.inl"

#include "distilbert/kernels/all.inl"
}  // namespace avx512
}  // namespace emulated
DISTILBERT_SPAN_MATH_END
