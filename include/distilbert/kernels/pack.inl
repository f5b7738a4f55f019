// Rows into streams: weights once, at load; keys for each pass of attention.

// Row i of `x` becomes column i. Each stage interleaves the first half of the rows with the second.
DISTILBERT_INLINE void transpose(vf (&x)[width]) {
  DISTILBERT_UNROLL
  for (int stage = 1; stage < width; stage *= 2) {
    vf y[width];
    DISTILBERT_UNROLL
    for (int i = 0; i < width / 2; ++i) {
      y[2 * i] = interleave_low(x[i], x[i + width / 2]);
      y[2 * i + 1] = interleave_high(x[i], x[i + width / 2]);
    }
    DISTILBERT_UNROLL
    for (int i = 0; i < width; ++i) x[i] = y[i];
  }
}

// k begin..k-1 of one output, one at a time.
DISTILBERT_NOINLINE void pack_row(const char* row, weight_format format, isize begin, isize k, float* to) {
  constexpr isize chunk = 256;
  alignas(64) float values[chunk];
  const isize element = static_cast<isize>(bytes_of(format));
  for (isize i0 = begin; i0 < k; i0 += chunk) {
    const isize count = k - i0 < chunk ? k - i0 : chunk;
    to_f32(row + i0 * element, format, values, count);
    for (isize i = 0; i < count; ++i) to[(i0 + i) * width] = values[i];
  }
}

// A whole stream from its `width` rows: blocks of width x width pass through registers, and the stream is written front
// to back: as many rows at once as the machine fetches ahead by itself.
DISTILBERT_INLINE void pack_stream(const char* rows, isize row_bytes, weight_format format, isize k, float* to) {
  const isize whole = k / width * width;
  float* out = to;
  for (isize i = 0; i < whole; i += width, out += width * width) {
    vf block[width];
    DISTILBERT_UNROLL
    for (int r = 0; r < width; ++r) block[r] = load_as(rows + r * row_bytes, format, i);
    transpose(block);
    DISTILBERT_UNROLL
    for (int c = 0; c < width; ++c) store(out + c * width, block[c]);
  }
  if (whole < k)
    for (int r = 0; r < width; ++r) pack_row(rows + r * row_bytes, format, whole, k, to + r);
}

inline void pack(const pack_args& args) noexcept {
  const isize row_bytes = args.ld * static_cast<isize>(bytes_of(args.format));
  for (isize j = 0; j < args.n;) {
    const isize output = args.first_output + j;
    const char* row = static_cast<const char*>(args.weight) + j * row_bytes;
    float* to = args.panels + output / width * width * args.k + output % width;
    if (output % width == 0 && args.n - j >= width) {
      pack_stream(row, row_bytes, args.format, args.k, to);
      j += width;
    } else {
      pack_row(row, args.format, 0, args.k, to);
      ++j;
    }
  }
}
