// dot4() by USDOT, of ARMv8.6's i8mm.
inline constexpr const char* int8_variant_name = "i8mm";

// Sums, weights and a broadcast fill 32 registers.
inline constexpr int int8_rows = 9;

DISTILBERT_INLINE vi dot4(vi sum, vi a, vi b) {
  return {(int_lanes)vusdotq_s32((int32x4_t)sum.v, (uint8x16_t)a.v, (int8x16_t)b.v)};
}
