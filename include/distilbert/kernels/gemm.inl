// Matrix product over packed weights: a tile of rows x one panel stays in registers for the whole of a block of k.

// Two vectors a panel; as many rows as leave registers for them and one broadcast.
inline constexpr int panel_vectors = 2;
inline constexpr int panel = panel_vectors * width;
inline constexpr int tile_rows = registers == 32 ? 14 : 6;

// Rows that pass over a panel of weights together: with k_block columns each they stay in the second-level cache.
inline constexpr isize row_block = tile_rows * 16;

// One tile streams each line of weights once: it asks for them this many bytes before their use.
inline constexpr isize prefetch_bytes = 8 * 1024;

// What a tile asks the second-level cache for while it runs: `step` bytes from `next` for each of its k.
struct prefetch_stream {
  const char* next;
  isize step;
};

// c[r] = init[r] + sum over i of a[r][i] * b[i], i ascending; a row of `init` and of `c` is one panel wide.
template <int rows>
void tile(const float* a, isize lda, const float* b, isize k, const float* init, isize ld_init, float* c, isize ldc,
          prefetch_stream ahead) {
  vf sum[rows][panel_vectors];
  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j) sum[r][j] = load(init + r * ld_init + j * width);

  for (isize i = 0; i < k; ++i, b += panel, ahead.next += ahead.step) {
    DISTILBERT_PREFETCH(ahead.next);
    if constexpr (panel * sizeof(float) > 64) DISTILBERT_PREFETCH(ahead.next + 64);
    vf weight[panel_vectors];
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j) weight[j] = load(b + j * width);
    DISTILBERT_UNROLL
    for (int r = 0; r < rows; ++r) {
      const vf x = set(a[r * lda + i]);
      DISTILBERT_UNROLL
      for (int j = 0; j < panel_vectors; ++j) sum[r][j] = fma(x, weight[j], sum[r][j]);
    }
  }

  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j) store(c + r * ldc + j * width, sum[r][j]);
}

// tile<rows> for a number of rows known only now.
template <int most = tile_rows>
DISTILBERT_NOINLINE void run_tile(isize rows, const float* a, isize lda, const float* b, isize k, const float* init,
                                  isize ld_init, float* c, isize ldc, prefetch_stream ahead) {
  if constexpr (most > 1)
    if (rows < most) return run_tile<most - 1>(rows, a, lda, b, k, init, ld_init, c, ldc, ahead);
  tile<most>(a, lda, b, k, init, ld_init, c, ldc, ahead);
}

DISTILBERT_INLINE void copy_rows(const float* from, isize ld_from, float* to, isize ld_to, isize rows, isize cols) {
  for (isize r = 0; r < rows; ++r)
    for (isize j = 0; j < cols; ++j) to[r * ld_to + j] = from[r * ld_from + j];
}

DISTILBERT_INLINE void add_row(float* c, const float* residual, isize n) {
  isize i = 0;
  for (; i + width <= n; i += width) store(c + i, add(load(c + i), load(residual + i)));
  for (; i < n; ++i) c[i] = c[i] + residual[i];
}

// One tile of C over the columns of one panel, and what follows the chain.
DISTILBERT_INLINE void gemm_tile(const gemm_args& g, isize row, isize rows, isize column, prefetch_stream ahead) {
  const float* a = g.a + row * g.lda;
  const float* b = g.panels + column * g.k;
  float* c = g.c + row * g.ldc + column;
  const float* init = g.init + row * g.ld_init + column;
  const isize cols = g.n - column < panel ? g.n - column : panel;
  if (cols == panel) {
    run_tile(rows, a, g.lda, b, g.k, init, g.ld_init, c, g.ldc, ahead);
  } else {
    alignas(64) float whole[tile_rows * panel] = {};
    copy_rows(init, g.ld_init, whole, panel, rows, cols);
    run_tile(rows, a, g.lda, b, g.k, whole, panel, whole, panel, ahead);
    copy_rows(whole, panel, c, g.ldc, rows, cols);
  }
  for (isize r = 0; r < rows; ++r) {
    if (g.act != activation::none) activate(c + r * g.ldc, cols, g.act);
    if (g.residual != nullptr) add_row(c + r * g.ldc, g.residual + (row + r) * g.ld_residual + column, cols);
  }
}

inline void gemm(const gemm_args& g) noexcept {
  // Tiles and blocks of nearly equal size: none is left with a row or two to fill its registers.
  const isize tiles = (g.m + tile_rows - 1) / tile_rows, blocks = (g.m + row_block - 1) / row_block;
  const isize panel_bytes = g.k * panel * static_cast<isize>(sizeof(float));
  for (isize block = 0; block < blocks; ++block) {
    const isize first = tiles * block / blocks, last = tiles * (block + 1) / blocks, count = last - first;
    for (isize column = 0; column < g.n; column += panel) {
      const char* weights = reinterpret_cast<const char*>(g.panels + column * g.k);
      for (isize t = first; t < last; ++t) {
        // Several tiles share a panel: each asks for its part of the next one.
        const prefetch_stream ahead =
            count == 1 ? prefetch_stream{weights + prefetch_bytes, panel * sizeof(float)}
                       : prefetch_stream{weights + panel_bytes + panel_bytes * (t - first) / count,
                                         static_cast<isize>(panel * sizeof(float)) / count};
        const isize row = g.m * t / tiles, rows = g.m * (t + 1) / tiles - row;
        gemm_tile(g, row, rows, column, ahead);
      }
    }
  }
}
