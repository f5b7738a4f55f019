// The vector type of AVX-512 (F, BW, DQ, VL). Re-included inside a target span and the variant's namespace.
// Every operation is exact or rounds once, so that results do not depend on the width. See simd/xsimd.inl for the contract.

inline constexpr int width = 16;
inline constexpr int registers = 32;

struct vf {
  __m512 v;
};
struct vi {
  __m512i v;
};

DISTILBERT_INLINE vf zero() { return {_mm512_setzero_ps()}; }
DISTILBERT_INLINE vf set(float x) { return {_mm512_set1_ps(x)}; }
DISTILBERT_INLINE vf load(const float* p) { return {_mm512_loadu_ps(p)}; }
DISTILBERT_INLINE void store(float* p, vf x) { _mm512_storeu_ps(p, x.v); }

DISTILBERT_INLINE __mmask16 first(int n) { return (__mmask16)((1U << n) - 1U); }
DISTILBERT_INLINE vf load_first(const float* p, int n) { return {_mm512_maskz_loadu_ps(first(n), p)}; }
DISTILBERT_INLINE void store_first(float* p, vf x, int n) { _mm512_mask_storeu_ps(p, first(n), x.v); }

DISTILBERT_INLINE vf keep_first(vf x, int n) { return {_mm512_maskz_mov_ps(first(n), x.v)}; }

DISTILBERT_INLINE vf add(vf a, vf b) { return {a.v + b.v}; }
DISTILBERT_INLINE vf sub(vf a, vf b) { return {a.v - b.v}; }
DISTILBERT_INLINE vf mul(vf a, vf b) { return {a.v * b.v}; }
DISTILBERT_INLINE vf div(vf a, vf b) { return {a.v / b.v}; }
DISTILBERT_INLINE vf fma(vf a, vf b, vf c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
DISTILBERT_INLINE vf max(vf a, vf b) { return {_mm512_max_ps(a.v, b.v)}; }
DISTILBERT_INLINE vf min(vf a, vf b) { return {_mm512_min_ps(a.v, b.v)}; }
DISTILBERT_INLINE vf select_greater(vf a, vf b, vf yes, vf no) {
  return {_mm512_mask_blend_ps(_mm512_movepi32_mask((__m512i)(a.v > b.v)), no.v, yes.v)};
}

DISTILBERT_INLINE vi bits(vf x) { return {_mm512_castps_si512(x.v)}; }
DISTILBERT_INLINE vf from_bits(vi x) { return {_mm512_castsi512_ps(x.v)}; }
DISTILBERT_INLINE vi set_bits(int x) { return {_mm512_set1_epi32(x)}; }
DISTILBERT_INLINE vi add(vi a, vi b) { return {_mm512_add_epi32(a.v, b.v)}; }
DISTILBERT_INLINE vi bit_and(vi a, vi b) { return {_mm512_and_si512(a.v, b.v)}; }
template <int count>
DISTILBERT_INLINE vi shift_left(vi a) {
  return {_mm512_slli_epi32(a.v, count)};
}

DISTILBERT_INLINE float square_root(float x) {
  float root;
  __asm__("vsqrtss %1, %1, %0" : "=x"(root) : "x"(x));
  return root;
}

// Sum of lanes 0..15: halves are added until one is left, as every variant does.
DISTILBERT_INLINE float fold(vf x) {
  const __m256 h = _mm512_castps512_ps256(x.v) + _mm512_extractf32x8_ps(x.v, 1);
  __m128 s = _mm256_castps256_ps128(h) + _mm256_extractf128_ps(h, 1);
  s = s + _mm_movehl_ps(s, s);
  return s[0] + s[1];
}

DISTILBERT_INLINE vf interleave_low(vf a, vf b) {
  const __m512i lanes = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return {_mm512_permutex2var_ps(a.v, lanes, b.v)};
}
DISTILBERT_INLINE vf interleave_high(vf a, vf b) {
  const __m512i lanes = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return {_mm512_permutex2var_ps(a.v, lanes, b.v)};
}

// The least and the greatest lane.
DISTILBERT_INLINE float fold_min(vf x) {
  const __m256 h = _mm256_min_ps(_mm512_castps512_ps256(x.v), _mm512_extractf32x8_ps(x.v, 1));
  __m128 s = _mm_min_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  s = _mm_min_ps(s, _mm_movehl_ps(s, s));
  return s[0] < s[1] ? s[0] : s[1];
}
DISTILBERT_INLINE float fold_max(vf x) {
  const __m256 h = _mm256_max_ps(_mm512_castps512_ps256(x.v), _mm512_extractf32x8_ps(x.v, 1));
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return s[0] > s[1] ? s[0] : s[1];
}

DISTILBERT_INLINE vf load_f16(const unsigned short* p) {
  return {_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i*)p))};
}
DISTILBERT_INLINE vf load_bf16(const unsigned short* p) {
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)p)), 16))};
}

DISTILBERT_INLINE vf to_floats(vi x) { return {_mm512_cvtepi32_ps(x.v)}; }
DISTILBERT_INLINE vi load_i8(const signed char* p) {
  return {_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)p))};
}
DISTILBERT_INLINE vi load_bytes(const void* p) { return {_mm512_loadu_si512(p)}; }
DISTILBERT_INLINE vi set_bytes(const void* p) {
  int four;
  __builtin_memcpy(&four, p, 4);
  return {_mm512_set1_epi32(four)};
}
DISTILBERT_INLINE void store_low_bytes(void* p, vi x) { _mm_storeu_si128((__m128i*)p, _mm512_cvtepi32_epi8(x.v)); }
// A zero that the compiler cannot see through: from one that it can, g++ 12 makes sums that it keeps in memory.
DISTILBERT_INLINE vi unknown_zero() {
  vi x = set_bits(0);
  __asm__("" : "+v"(x.v));
  return x;
}
