// What a core can do at most, over the vector type of the variant. Included inside its target span, where the
// variant's names are visible.

// Independent chains: more than the latency of a multiply-add times the units that do it, with registers to spare.
inline constexpr int chains = registers * 3 / 4;
inline constexpr double step_flop = 2.0 * chains * width;

// `steps` multiply-adds of each chain, out of registers alone.
inline float multiply_add(std::size_t steps) noexcept {
  const vf half = set(0.5F);
  vf sum[chains];
  DISTILBERT_UNROLL
  for (int c = 0; c < chains; ++c) sum[c] = set(static_cast<float>(c));
  for (std::size_t i = 0; i < steps; ++i) {
    DISTILBERT_UNROLL
    for (int c = 0; c < chains; ++c) sum[c] = fma(sum[c], half, half);
  }
  vf all = zero();
  DISTILBERT_UNROLL
  for (int c = 0; c < chains; ++c) all = add(all, sum[c]);
  return fold(all);
}

// Reads n floats, a multiple of 64, as four streams: one alone leaves a core's line buffers idle.
inline float read(const float* p, std::size_t n) noexcept {
  constexpr std::size_t line = 16, ahead = 2048;  // floats; 8 KiB: the latency of memory at tens of GB/s
  const std::size_t part = n / 4;
  vi seen[4] = {set_bits(-1), set_bits(-1), set_bits(-1), set_bits(-1)};
  for (std::size_t i = 0; i < part; i += line) {
    DISTILBERT_UNROLL
    for (std::size_t s = 0; s < 4; ++s) {
      const float* from = p + s * part + i;
      DISTILBERT_PREFETCH(from + ahead);
      DISTILBERT_UNROLL
      for (std::size_t j = 0; j < line; j += static_cast<std::size_t>(width))
        seen[s] = bit_and(seen[s], bits(load(from + j)));
    }
  }
  return fold(from_bits(bit_and(bit_and(seen[0], seen[1]), bit_and(seen[2], seen[3]))));
}
