// Weights into panels, once, at load.

inline void pack(const pack_args& args) noexcept {
  const isize element = args.format == weight_format::f32 ? 4 : 2;
  constexpr isize chunk = 256;
  alignas(64) float values[chunk];
  for (isize j = 0; j < args.n; ++j) {
    const isize output = args.first_output + j;
    float* to = args.panels + output / width * width * args.k + output % width;
    const char* row = static_cast<const char*>(args.weight) + j * args.ld * element;
    for (isize i0 = 0; i0 < args.k; i0 += chunk) {
      const isize count = args.k - i0 < chunk ? args.k - i0 : chunk;
      to_f32(row + i0 * element, args.format, values, count);
      for (isize i = 0; i < count; ++i) to[(i0 + i) * width] = values[i];
    }
  }
}
