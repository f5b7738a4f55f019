// The vector type of AVX2 + FMA + F16C. Re-included inside a target span and the variant's namespace.
// Every operation is exact or rounds once, so that results do not depend on the width. See simd/xsimd.inl for the contract.

inline constexpr int width = 8;
inline constexpr int registers = 16;

struct vf {
  __m256 v;
};
struct vi {
  __m256i v;
};

DISTILBERT_INLINE vf zero() { return {_mm256_setzero_ps()}; }
DISTILBERT_INLINE vf set(float x) { return {_mm256_set1_ps(x)}; }
DISTILBERT_INLINE vf load(const float* p) { return {_mm256_loadu_ps(p)}; }
DISTILBERT_INLINE void store(float* p, vf x) { _mm256_storeu_ps(p, x.v); }

DISTILBERT_INLINE __m256i first(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
DISTILBERT_INLINE vf load_first(const float* p, int n) { return {_mm256_maskload_ps(p, first(n))}; }
DISTILBERT_INLINE void store_first(float* p, vf x, int n) { _mm256_maskstore_ps(p, first(n), x.v); }

DISTILBERT_INLINE vf keep_first(vf x, int n) { return {_mm256_and_ps(x.v, _mm256_castsi256_ps(first(n)))}; }

DISTILBERT_INLINE vf add(vf a, vf b) { return {a.v + b.v}; }
DISTILBERT_INLINE vf sub(vf a, vf b) { return {a.v - b.v}; }
DISTILBERT_INLINE vf mul(vf a, vf b) { return {a.v * b.v}; }
DISTILBERT_INLINE vf div(vf a, vf b) { return {a.v / b.v}; }
DISTILBERT_INLINE vf fma(vf a, vf b, vf c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
DISTILBERT_INLINE vf max(vf a, vf b) { return {_mm256_max_ps(a.v, b.v)}; }
DISTILBERT_INLINE vf min(vf a, vf b) { return {_mm256_min_ps(a.v, b.v)}; }
DISTILBERT_INLINE vf select_greater(vf a, vf b, vf yes, vf no) {
  return {_mm256_blendv_ps(no.v, yes.v, (__m256)(a.v > b.v))};
}

DISTILBERT_INLINE vi bits(vf x) { return {_mm256_castps_si256(x.v)}; }
DISTILBERT_INLINE vf from_bits(vi x) { return {_mm256_castsi256_ps(x.v)}; }
DISTILBERT_INLINE vi set_bits(int x) { return {_mm256_set1_epi32(x)}; }
DISTILBERT_INLINE vi add(vi a, vi b) { return {_mm256_add_epi32(a.v, b.v)}; }
DISTILBERT_INLINE vi bit_and(vi a, vi b) { return {_mm256_and_si256(a.v, b.v)}; }
template <int count>
DISTILBERT_INLINE vi shift_left(vi a) {
  return {_mm256_slli_epi32(a.v, count)};
}

DISTILBERT_INLINE float square_root(float x) {
  float root;
  __asm__("vsqrtss %1, %1, %0" : "=x"(root) : "x"(x));
  return root;
}

// Sum of lanes 0..7 as ((0+4)+(2+6)) + ((1+5)+(3+7)).
DISTILBERT_INLINE float fold(vf x) {
  __m128 s = _mm256_castps256_ps128(x.v) + _mm256_extractf128_ps(x.v, 1);
  s = s + _mm_movehl_ps(s, s);
  return s[0] + s[1];
}

DISTILBERT_INLINE vf interleave_low(vf a, vf b) {
  return {_mm256_permute2f128_ps(_mm256_unpacklo_ps(a.v, b.v), _mm256_unpackhi_ps(a.v, b.v), 0x20)};
}
DISTILBERT_INLINE vf interleave_high(vf a, vf b) {
  return {_mm256_permute2f128_ps(_mm256_unpacklo_ps(a.v, b.v), _mm256_unpackhi_ps(a.v, b.v), 0x31)};
}

// The least and the greatest lane.
DISTILBERT_INLINE float fold_min(vf x) {
  __m128 s = _mm_min_ps(_mm256_castps256_ps128(x.v), _mm256_extractf128_ps(x.v, 1));
  s = _mm_min_ps(s, _mm_movehl_ps(s, s));
  return s[0] < s[1] ? s[0] : s[1];
}
DISTILBERT_INLINE float fold_max(vf x) {
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(x.v), _mm256_extractf128_ps(x.v, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return s[0] > s[1] ? s[0] : s[1];
}

DISTILBERT_INLINE vf load_f16(const unsigned short* p) {
  return {_mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)p))};
}
DISTILBERT_INLINE vf load_bf16(const unsigned short* p) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)p)), 16))};
}

DISTILBERT_INLINE vf to_floats(vi x) { return {_mm256_cvtepi32_ps(x.v)}; }
DISTILBERT_INLINE vi load_i8(const signed char* p) {
  return {_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)p))};
}
DISTILBERT_INLINE vi load_bytes(const void* p) { return {_mm256_loadu_si256((const __m256i*)p)}; }
DISTILBERT_INLINE vi set_bytes(const void* p) {
  int four;
  __builtin_memcpy(&four, p, 4);
  return {_mm256_set1_epi32(four)};
}
DISTILBERT_INLINE void store_low_bytes(void* p, vi x) {
  const __m256i low = _mm256_shuffle_epi8(x.v, _mm256_set1_epi32(0x0C080400));
  const __m128i all = _mm_unpacklo_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
  _mm_storel_epi64((__m128i*)p, all);
}
// A zero that the compiler cannot see through: from one that it can, g++ 12 makes sums that it keeps in memory.
DISTILBERT_INLINE vi unknown_zero() {
  vi x = set_bits(0);
  __asm__("" : "+x"(x.v));
  return x;
}
