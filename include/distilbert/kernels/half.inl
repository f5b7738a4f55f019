// Linear layers over weights of 16 bits: a stretch of a panel becomes floats in the first-level cache, and goes through
// the tiles of f32's product from there.

// A float as f16, rounded to nearest even; infinity where it is too large.
DISTILBERT_INLINE unsigned short f16_of(unsigned bits) {
  const unsigned sign = bits >> 16 & 0x8000U, magnitude = bits & 0x7FFFFFFFU;
  if (magnitude >= 0x47800000U) return static_cast<unsigned short>(sign | (magnitude > 0x7F800000U ? 0x7E00U : 0x7C00U));
  unsigned mantissa = (magnitude & 0x007FFFFFU) | 0x00800000U, shift = 13, exponent = magnitude >> 23;
  if (exponent < 113) {  // subnormal
    if (exponent < 102) return static_cast<unsigned short>(sign);
    shift += 113 - exponent;
    exponent = 112;
    mantissa = (mantissa >> shift) + ((mantissa & ((1U << shift) - 1)) + ((mantissa >> shift) & 1U) > 1U << (shift - 1));
    return static_cast<unsigned short>(sign | mantissa);
  }
  const unsigned whole = ((exponent - 113) << 10) + (mantissa >> 13);  // the implicit bit adds one to the exponent
  const unsigned up = (mantissa & 0x1FFFU) + (mantissa >> 13 & 1U) > 0x1000U;
  return static_cast<unsigned short>(sign | (whole + up));
}

// A float as bf16, rounded to nearest even.
DISTILBERT_INLINE unsigned short bf16_of(unsigned bits) {
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return static_cast<unsigned short>(bits >> 16 | 0x40U);
  return static_cast<unsigned short>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

// n numbers as 16 bits; false where one of them is no finite number then.
template <weight_format to>
DISTILBERT_NOINLINE bool to_half(const void* x, weight_format format, isize n, unsigned short* y) {
  constexpr unsigned short top = to == weight_format::f16 ? 0x7C00 : 0x7F80;
  alignas(64) float values[half_depth];
  bool finite = true;
  for (isize i0 = 0; i0 < n; i0 += half_depth) {
    const isize count = n - i0 < half_depth ? n - i0 : half_depth;
    to_f32(static_cast<const char*>(x) + i0 * static_cast<isize>(bytes_of(format)), format, values, count);
    for (isize i = 0; i < count; ++i) {
      unsigned bits;
      __builtin_memcpy(&bits, values + i, sizeof bits);
      y[i0 + i] = to == weight_format::f16 ? f16_of(bits) : bf16_of(bits);
      finite = finite && (y[i0 + i] & top) != top;
    }
  }
  return finite;
}

template <weight_format to>
inline bool convert_half(const float* x, isize n, unsigned short* y) noexcept {
  return to_half<to>(x, weight_format::f32, n, y);
}

template <weight_format to>
inline bool pack_half(const pack_half_args& args) noexcept {
  bool finite = true;
  unsigned short values[half_depth];
  for (isize j = 0; j < args.n; ++j) {
    const isize output = args.first_output + j;
    const char* row = static_cast<const char*>(args.weight) + j * args.k * static_cast<isize>(bytes_of(args.format));
    unsigned short* in_panel = args.panels + output / panel * half_panel_elements(panel, args.k);
    for (isize k0 = 0; k0 < args.k; k0 += half_depth) {
      const isize depth = args.k - k0 < half_depth ? args.k - k0 : half_depth;
      finite = to_half<to>(row + k0 * static_cast<isize>(bytes_of(args.format)), args.format, depth, values) && finite;
      unsigned short* stream = in_panel + panel * k0 + output % panel / width * width * depth + output % width;
      for (isize i = 0; i < depth; ++i) stream[i * width] = values[i];
    }
  }
  return finite;
}

// What a tile fetches of the 16-bit weights that come next while it runs on floats: its part of the next stretch, three
// or so lines of it (one a vector of the panel) every `period` k.
DISTILBERT_INLINE fetch_plan plan_half_fetch(const unsigned short* next, isize depth, isize t, isize tiles) {
  const isize stretch = panel * depth * 2 / panel_vectors;  // bytes
  const isize period = 2 * k_per_line * tiles;              // a line holds twice as many numbers as of f32
  return {reinterpret_cast<const char*>(next) + stretch * t / tiles, stretch, period, -1, 0};
}

// tile() with weights that become floats in registers: of few rows, which are bound by how weights arrive, no time is
// left for a way through the cache. Fetches at the pace of its own reading.
template <weight_format from, int rows>
DISTILBERT_NOINLINE void half_tile(const float* a, isize lda, const unsigned short* b, isize k, const float* init,
                                   isize ld_init, float* c, isize ldc) {
  vf sum[rows][panel_vectors];
  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j) sum[r][j] = load(init + r * ld_init + j * width);

  for (isize k0 = 0; k0 < k; k0 += half_depth) {
    const isize depth = k - k0 < half_depth ? k - k0 : half_depth, stream = depth * width;
    for (isize i = 0; i < depth; ++i, b += width) {
      if (i % (2 * k_per_line) == 0) {
        DISTILBERT_UNROLL
        for (int j = 0; j < panel_vectors; ++j)
          DISTILBERT_PREFETCH(reinterpret_cast<const char*>(b + j * stream) + prefetch_bytes);
      }
      vf weight[panel_vectors];
      DISTILBERT_UNROLL
      for (int j = 0; j < panel_vectors; ++j) weight[j] = load_as(b, from, j * stream);
      DISTILBERT_UNROLL
      for (int r = 0; r < rows; ++r) {
        const vf x = set(a[r * lda + k0 + i]);
        DISTILBERT_UNROLL
        for (int j = 0; j < panel_vectors; ++j) sum[r][j] = fma(x, weight[j], sum[r][j]);
      }
    }
    b += (panel_vectors - 1) * stream;
  }

  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j) store(c + r * ldc + j * width, sum[r][j]);
}

// half_tile<rows> for a number of rows known only now.
template <weight_format from, int most = tile_rows>
DISTILBERT_NOINLINE void run_half_tile(isize rows, const float* a, isize lda, const unsigned short* b, isize k,
                                       const float* init, isize ld_init, float* c, isize ldc) {
  if constexpr (most > 1)
    if (rows < most) return run_half_tile<from, most - 1>(rows, a, lda, b, k, init, ld_init, c, ldc);
  half_tile<from, most>(a, lda, b, k, init, ld_init, c, ldc);
}

template <weight_format from>
DISTILBERT_INLINE void gemm_half_rows(const gemm_args& g) {
  for (isize column = 0; column < g.n; column += panel) {
    const unsigned short* weights = static_cast<const unsigned short*>(g.panels) + column * g.k;
    const isize cols = g.n - column < panel ? g.n - column : panel;
    alignas(64) float whole[tile_rows * panel] = {};
    float* c = cols == panel ? g.c + column : whole;
    const isize ldc = cols == panel ? g.ldc : panel;
    if (cols < panel) copy_rows(g.init + column, g.ld_init, whole, panel, g.m, cols);
    run_half_tile<from>(g.m, g.a, g.lda, weights, g.k, cols == panel ? g.init + column : whole,
                        cols == panel ? g.ld_init : panel, c, ldc);
    if (cols < panel) copy_rows(whole, panel, g.c + column, g.ldc, g.m, cols);
    finish_tile(g, 0, g.m, column, cols);
  }
}

template <weight_format from>
inline void gemm_half(const gemm_args& g) noexcept {
  if (g.m <= tile_rows) return gemm_half_rows<from>(g);
  alignas(64) float floats[panel * half_depth];
  const isize tiles = (g.m + tile_rows - 1) / tile_rows, blocks = (g.m + row_block - 1) / row_block;
  for (isize block = 0; block < blocks; ++block) {
    const isize first = tiles * block / blocks, last = tiles * (block + 1) / blocks;
    for (isize column = 0; column < g.n; column += panel)
      for (isize k0 = 0; k0 < g.k; k0 += half_depth) {
        const isize depth = g.k - k0 < half_depth ? g.k - k0 : half_depth;
        const unsigned short* weights = static_cast<const unsigned short*>(g.panels) + column * g.k + panel * k0;
        for (isize i = 0; i < panel * depth; i += width) store(floats + i, load_as(weights, from, i));
        const bool begins = k0 == 0, ends = k0 + depth == g.k;
        gemm_args part = g;
        part.a = g.a + k0;
        part.init = begins ? g.init : g.c;
        part.ld_init = begins ? g.ld_init : g.ldc;
        part.k = depth;
        if (!ends) part.act = activation::none;
        if (!ends) part.residual = nullptr;
        for (isize t = first; t < last; ++t) {
          const isize row = g.m * t / tiles, rows = g.m * (t + 1) / tiles - row;
          gemm_tile(part, row, rows, column, floats,
                    plan_half_fetch(weights + panel * depth, depth, t - first, last - first));
        }
      }
  }
}

template <weight_format format>
inline constexpr half_table half = {.name = variant_name,
                                    .panel_width = panel,
                                    .tile_rows = tile_rows,
                                    .pack = pack_half<format>,
                                    .gemm = gemm_half<format>,
                                    .convert = convert_half<format>};
