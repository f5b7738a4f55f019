// dot4() by vpmaddubsw on 512 bits, as simd/dot_avx2.inl.
inline constexpr const char* int8_variant_name = "avx512";

// Sums, weights, a broadcast, ones and what is between them in 32 registers.
inline constexpr int int8_rows = 8;

DISTILBERT_INLINE vi dot4(vi sum, vi a, vi b) {
  const __m512i pairs = _mm512_maddubs_epi16(a.v, b.v);
  return {_mm512_add_epi32(sum.v, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))};
}
