// Matrix product over packed weights: a tile of rows x one panel stays in registers for the whole of a block of k.

// Two vectors a panel; as many rows as leave registers for them and one broadcast.
inline constexpr int panel_vectors = 2;
inline constexpr int panel = panel_vectors * width;
inline constexpr int tile_rows = registers == 32 ? 14 : 6;

// A block of a panel (k_block x panel floats) shares the first-level cache with the rows of A that it meets.
inline constexpr isize k_block = 512;

// Weights arrive in the second-level cache this many bytes before their use; measured best between 16 and 64 KiB.
inline constexpr isize prefetch_bytes = 32 * 1024;

// Rows that pass over a block of weights together; with their k_block columns they stay in the second-level cache.
inline constexpr isize row_block = tile_rows * 16;

// c[r] = init[r] + sum over i of a[r][i] * b[i], i ascending; a row of `init` and of `c` is one panel wide.
template <int rows>
void tile(const float* a, isize lda, const float* b, isize k, const float* init, isize ld_init, float* c, isize ldc) {
  vf sum[rows][panel_vectors];
  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j) sum[r][j] = load(init + r * ld_init + j * width);

  for (isize i = 0; i < k; ++i, b += panel) {
    DISTILBERT_PREFETCH(reinterpret_cast<const char*>(b) + prefetch_bytes);
    if constexpr (panel * sizeof(float) > 64) DISTILBERT_PREFETCH(reinterpret_cast<const char*>(b) + prefetch_bytes + 64);
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
                                isize ld_init, float* c, isize ldc) {
  if constexpr (most > 1)
    if (rows < most) return run_tile<most - 1>(rows, a, lda, b, k, init, ld_init, c, ldc);
  tile<most>(a, lda, b, k, init, ld_init, c, ldc);
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

// One tile of C over columns column.. of one panel and k0..k0+depth of the chain; the last block applies what follows.
DISTILBERT_INLINE void gemm_tile(const gemm_args& g, isize row, isize rows, isize column, isize k0, isize depth) {
  const float* a = g.a + row * g.lda + k0;
  const float* b = g.panels + column * g.k + k0 * panel;
  float* c = g.c + row * g.ldc + column;
  const isize cols = g.n - column < panel ? g.n - column : panel;
  const float* bias = g.bias + column;
  if (cols == panel) {
    run_tile(rows, a, g.lda, b, depth, k0 == 0 ? bias : c, k0 == 0 ? 0 : g.ldc, c, g.ldc);
  } else {
    alignas(64) float whole[tile_rows * panel] = {};
    if (k0 != 0) copy_rows(c, g.ldc, whole, panel, rows, cols);
    run_tile(rows, a, g.lda, b, depth, k0 == 0 ? bias : whole, k0 == 0 ? 0 : panel, whole, panel);
    copy_rows(whole, panel, c, g.ldc, rows, cols);
  }
  if (k0 + depth < g.k) return;
  for (isize r = 0; r < rows; ++r) {
    if (g.act != activation::none) activate(c + r * g.ldc, cols, g.act);
    if (g.residual != nullptr) add_row(c + r * g.ldc, g.residual + (row + r) * g.ld_residual + column, cols);
  }
}

inline void gemm(const gemm_args& g) noexcept {
  // Blocks of equal depth: a last short block would pay for its loads and stores of C with little arithmetic.
  const isize blocks = (g.k + k_block - 1) / k_block, even = (g.k + blocks - 1) / blocks;
  for (isize m0 = 0; m0 < g.m; m0 += row_block) {
    const isize m_end = g.m - m0 < row_block ? g.m : m0 + row_block;
    for (isize k0 = 0; k0 < g.k; k0 += even) {
      const isize depth = g.k - k0 < even ? g.k - k0 : even;
      for (isize column = 0; column < g.n; column += panel)
        for (isize row = m0; row < m_end; row += tile_rows)
          gemm_tile(g, row, m_end - row < tile_rows ? m_end - row : tile_rows, column, k0, depth);
    }
  }
}
