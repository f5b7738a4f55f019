// Matrix product over packed weights: a tile of rows x one panel stays in registers for the whole of k.

// A tile of C is tile_rows x panel_vectors vectors of sums; with a vector of weights for each column and one broadcast
// they fill the registers. Fewer broadcasts a product leave more of the load ports to what is fetched ahead.
inline constexpr int panel_vectors = registers == 32 ? 3 : 2;
inline constexpr int panel = panel_vectors * width;
inline constexpr int tile_rows = registers == 32 ? 9 : 6;

// Rows that pass over a panel of weights together: with k_block columns each they stay in the second-level cache.
inline constexpr isize row_block = registers == 32 ? 224 : 96;

// A single tile streams each line of weights once, and asks for them this many bytes before their use.
inline constexpr isize prefetch_bytes = 8 * 1024;
inline constexpr isize cache_line = 64;

// k of a stream of weights that a line holds.
inline constexpr isize k_per_line = cache_line / (width * static_cast<isize>(sizeof(float)));

// What a tile fetches into the second-level cache while it runs: every `period` of its k the next line of each of its
// streams, at the pace at which memory gives them. At k = `turn` it goes on `jump` bytes later.
struct fetch_plan {
  const char* next;
  isize stream;  // bytes from one stream to the next
  isize period;
  isize turn;
  isize jump;
};

// c[r] = init[r] + sum over i of a[r][i] * b[i], i ascending; a row of `init` and of `c` is `columns` vectors wide.
// Each of these has a stream of weights of its own, k vectors long: several at once keep more of memory busy than one.
template <int rows, int columns>
DISTILBERT_NOINLINE void tile(const float* a, isize lda, const float* b, isize k, const float* init, isize ld_init,
                              float* c, isize ldc, fetch_plan fetch) {
  vf sum[rows][columns];
  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < columns; ++j) sum[r][j] = load(init + r * ld_init + j * width);

  const isize stream = k * width;
  for (isize i = 0; i < k;) {
    if (i == fetch.turn) fetch.next += fetch.jump;
    DISTILBERT_UNROLL
    for (int j = 0; j < columns; ++j) DISTILBERT_PREFETCH(fetch.next + j * fetch.stream);
    fetch.next += cache_line;
    const isize end = k - i < fetch.period ? k : i + fetch.period;
    do {
      vf weight[columns];
      DISTILBERT_UNROLL
      for (int j = 0; j < columns; ++j) weight[j] = load(b + j * stream);
      DISTILBERT_UNROLL
      for (int r = 0; r < rows; ++r) {
        const vf x = set(a[r * lda + i]);
        DISTILBERT_UNROLL
        for (int j = 0; j < columns; ++j) sum[r][j] = fma(x, weight[j], sum[r][j]);
      }
      ++i;
      b += width;
    } while (i < end);
  }

  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < columns; ++j) store(c + r * ldc + j * width, sum[r][j]);
}

// tile<rows> of a panel for a number of rows known only now.
template <int most = tile_rows>
DISTILBERT_NOINLINE void run_tile(isize rows, const float* a, isize lda, const float* b, isize k, const float* init,
                                  isize ld_init, float* c, isize ldc, const fetch_plan& fetch) {
  if constexpr (most > 1)
    if (rows < most) return run_tile<most - 1>(rows, a, lda, b, k, init, ld_init, c, ldc, fetch);
  tile<most, panel_vectors>(a, lda, b, k, init, ld_init, c, ldc, fetch);
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

// What follows the chains of a tile.
DISTILBERT_INLINE void finish_tile(const gemm_args& g, isize row, isize rows, isize column, isize cols) {
  float* c = g.c + row * g.ldc + column;
  for (isize r = 0; r < rows; ++r) {
    if (g.act != activation::none) activate(c + r * g.ldc, cols, g.act);
    if (g.residual != nullptr) add_row(c + r * g.ldc, g.residual + (row + r) * g.ld_residual + column, cols);
  }
}

// One tile of C over the columns of one panel, which begins at `b`, and what follows the chain.
DISTILBERT_INLINE void gemm_tile(const gemm_args& g, isize row, isize rows, isize column, const float* b,
                                 const fetch_plan& fetch) {
  const float* a = g.a + row * g.lda;
  float* c = g.c + row * g.ldc + column;
  const float* init = g.init + row * g.ld_init + column;
  const isize cols = g.n - column < panel ? g.n - column : panel;
  if (cols == panel) {
    run_tile(rows, a, g.lda, b, g.k, init, g.ld_init, c, g.ldc, fetch);
  } else {
    alignas(64) float whole[tile_rows * panel] = {};
    copy_rows(init, g.ld_init, whole, panel, rows, cols);
    run_tile(rows, a, g.lda, b, g.k, whole, panel, whole, panel, fetch);
    copy_rows(whole, panel, c, g.ldc, rows, cols);
  }
  finish_tile(g, row, rows, column, cols);
}

// A tile alone fetches its own panel and the beginning of the next; of several that share a panel, each its part of the
// next one.
DISTILBERT_INLINE fetch_plan plan_fetch(const float* weights, isize k, isize t, isize tiles) {
  constexpr isize vector_bytes = width * static_cast<isize>(sizeof(float));
  const isize stream = k * vector_bytes, next_panel = panel_vectors * stream;
  const char* bytes = reinterpret_cast<const char*>(weights);
  if (tiles == 1)
    return {bytes + prefetch_bytes, stream, k_per_line, (k - prefetch_bytes / vector_bytes) / k_per_line * k_per_line,
            next_panel - stream};
  return {bytes + next_panel + stream * t / tiles / cache_line * cache_line, stream, tiles * k_per_line, -1, 0};
}

inline void gemm(const gemm_args& g) noexcept {
  // Tiles and blocks of nearly equal size: none is left with a row or two to fill its registers.
  const isize tiles = (g.m + tile_rows - 1) / tile_rows, blocks = (g.m + row_block - 1) / row_block;
  for (isize block = 0; block < blocks; ++block) {
    const isize first = tiles * block / blocks, last = tiles * (block + 1) / blocks;
    for (isize column = 0; column < g.n; column += panel) {
      const float* b = static_cast<const float*>(g.panels) + column * g.k;
      for (isize t = first; t < last; ++t) {
        const isize row = g.m * t / tiles, rows = g.m * (t + 1) / tiles - row;
        gemm_tile(g, row, rows, column, b, plan_fetch(b, g.k, t - first, last - first));
      }
    }
  }
}
