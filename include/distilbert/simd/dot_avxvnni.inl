// dot4() by VNNI on 256 bits. In assembly under g++ 12, which keeps a second copy of sums that the intrinsic adds to.
inline constexpr const char* int8_variant_name = "avxvnni";

// Sums, weights and a broadcast fill 16 registers.
inline constexpr int int8_rows = 6;

DISTILBERT_INLINE vi dot4(vi sum, vi a, vi b) {
#if defined(__clang__)
  return {_mm256_dpbusd_avx_epi32(sum.v, a.v, b.v)};
#else
  __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum.v) : "x"(a.v), "x"(b.v));
  return sum;
#endif
}
