// dot4() by vpmaddubsw, which adds neighbours in 16 bits: simd/xsimd.inl has the contract.
inline constexpr const char* int8_variant_name = "avx2";

// Sums, weights, a broadcast, ones and what is between them in 16 registers.
inline constexpr int int8_rows = 4;

DISTILBERT_INLINE vi dot4(vi sum, vi a, vi b) {
  const __m256i pairs = _mm256_maddubs_epi16(a.v, b.v);
  return {_mm256_add_epi32(sum.v, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))};
}
