// dot4() with what the baseline has: products in 16 bits, which hold 255 * -127, and sums in 32.
inline constexpr const char* int8_variant_name = DISTILBERT_AARCH64 ? "neon" : "baseline";

// Sums, weights, a broadcast and the halves of products.
inline constexpr int int8_rows = registers == 32 ? 8 : 4;

typedef short short_pairs __attribute__((vector_size(4 * width)));

DISTILBERT_INLINE vi dot4(vi sum, vi a, vi b) {
#if DISTILBERT_AARCH64
  const uint8x16_t x = (uint8x16_t)a.v;
  const int8x16_t y = (int8x16_t)b.v;
  const int16x8_t low = vmulq_s16((int16x8_t)vmovl_u8(vget_low_u8(x)), vmovl_s8(vget_low_s8(y)));
  const int16x8_t high = vmulq_s16((int16x8_t)vmovl_u8(vget_high_u8(x)), vmovl_s8(vget_high_s8(y)));
  return {sum.v + (int_lanes)vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high))};
#else
  const short_pairs x = (short_pairs)a.v, y = (short_pairs)b.v;
  const short_pairs even = x & 0xFF, odd = (x >> 8) & 0xFF, even_weights = (y << 8) >> 8, odd_weights = y >> 8;
#if DISTILBERT_X86_64 && defined(__AVX2__)
  if constexpr (width == 8)
    return {sum.v + (int_lanes)_mm256_madd_epi16((__m256i)even, (__m256i)even_weights) +
            (int_lanes)_mm256_madd_epi16((__m256i)odd, (__m256i)odd_weights)};
#elif DISTILBERT_X86_64
  if constexpr (width == 4)
    return {sum.v + (int_lanes)_mm_madd_epi16((__m128i)even, (__m128i)even_weights) +
            (int_lanes)_mm_madd_epi16((__m128i)odd, (__m128i)odd_weights)};
#endif
  // A pair's sum fits 16 bits too: the weights see to that.
  const int_lanes pairs = (int_lanes)(even * even_weights + odd * odd_weights);
  return {sum.v + (pairs >> 16) + ((pairs << 16) >> 16)};
#endif
}
