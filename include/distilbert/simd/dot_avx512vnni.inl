// dot4() by VNNI on 512 bits. In assembly under g++ 12, which keeps a second copy of sums that the intrinsic adds to.
inline constexpr const char* int8_variant_name = "avx512vnni";

// Sums, weights and a broadcast fill 32 registers.
inline constexpr int int8_rows = 9;

DISTILBERT_INLINE vi dot4(vi sum, vi a, vi b) {
#if defined(__clang__)
  return {_mm512_dpbusd_epi32(sum.v, a.v, b.v)};
#else
  __asm__("vpdpbusd %2, %1, %0" : "+v"(sum.v) : "v"(a.v), "v"(b.v));
  return sum;
#endif
}
