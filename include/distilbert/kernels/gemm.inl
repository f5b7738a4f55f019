// Matrix product over packed weights: a tile of rows x one panel stays in registers for the whole of a block of k.

// A tile of C is tile_rows x panel_vectors vectors of sums; with a vector of weights for each column and one broadcast
// they fill the registers. Fewer broadcasts a product leave more of the load ports to what is fetched ahead.
inline constexpr int panel_vectors = registers == 32 ? 3 : 2;
inline constexpr int panel = panel_vectors * width;
inline constexpr int tile_rows = registers == 32 ? 9 : 6;

// Rows that pass over a panel of weights together: with k_block columns each they stay in the second-level cache.
inline constexpr isize row_block = registers == 32 ? 224 : 96;

// A single tile streams each line of weights once, and asks for them this many bytes before their use.
inline constexpr isize prefetch_bytes = 8 * 1024;

// What a tile fetches while it runs: the weights of its own panel and the one after it, prefetch_bytes ahead; the line
// at `next`, and so on `step` bytes for each of its k; or nothing.
enum class fetching { own, other, nothing };
struct fetch_stream {
  const char* next;
  isize step;
};

// c[r] = init[r] + sum over i of a[r][i] * b[i], i ascending; a row of `init` and of `c` is `vectors` wide. Each of these
// has weights of its own: k x width, the next `k * width` floats later, all of which are streams to the prefetcher.
template <int rows, int columns, fetching ahead>
void tile(const float* a, isize lda, const float* b, isize k, const float* init, isize ld_init, float* c, isize ldc,
          fetch_stream fetch) {
  vf sum[rows][columns];
  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < columns; ++j) sum[r][j] = load(init + r * ld_init + j * width);

  const isize stream = k * width;
  isize distance = prefetch_bytes;
  [[maybe_unused]] const isize turn = k - prefetch_bytes / static_cast<isize>(width * sizeof(float));
  for (isize i = 0; i < k; ++i, b += width) {
    if constexpr (ahead == fetching::own) {
      if (i == turn) distance += (columns - 1) * stream * static_cast<isize>(sizeof(float));
      DISTILBERT_UNROLL
      for (int j = 0; j < columns; ++j) DISTILBERT_PREFETCH(reinterpret_cast<const char*>(b + j * stream) + distance);
    } else if constexpr (ahead == fetching::other) {
      DISTILBERT_PREFETCH(fetch.next);
      fetch.next += fetch.step;
    }
    vf weight[columns];
    DISTILBERT_UNROLL
    for (int j = 0; j < columns; ++j) weight[j] = load(b + j * stream);
    DISTILBERT_UNROLL
    for (int r = 0; r < rows; ++r) {
      const vf x = set(a[r * lda + i]);
      DISTILBERT_UNROLL
      for (int j = 0; j < columns; ++j) sum[r][j] = fma(x, weight[j], sum[r][j]);
    }
  }

  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r)
    DISTILBERT_UNROLL
    for (int j = 0; j < columns; ++j) store(c + r * ldc + j * width, sum[r][j]);
}

// tile<rows> for a number of rows known only now, least <= rows <= most.
template <int columns, fetching ahead, int least = 1, int most = tile_rows>
DISTILBERT_NOINLINE void run_tile(isize rows, const float* a, isize lda, const float* b, isize k, const float* init,
                                  isize ld_init, float* c, isize ldc, fetch_stream fetch = {}) {
  if constexpr (most > least)
    if (rows < most)
      return run_tile<columns, ahead, least, most - 1>(rows, a, lda, b, k, init, ld_init, c, ldc, fetch);
  tile<most, columns, ahead>(a, lda, b, k, init, ld_init, c, ldc, fetch);
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
template <fetching ahead>
DISTILBERT_INLINE void gemm_tile(const gemm_args& g, isize row, isize rows, isize column, fetch_stream fetch) {
  // Several tiles are nearly equal: none has less than half the rows.
  constexpr int least = ahead == fetching::own ? 1 : (tile_rows + 1) / 2;
  const float* a = g.a + row * g.lda;
  const float* b = g.panels + column * g.k;
  float* c = g.c + row * g.ldc + column;
  const float* init = g.init + row * g.ld_init + column;
  const isize cols = g.n - column < panel ? g.n - column : panel;
  if (cols == panel) {
    run_tile<panel_vectors, ahead, least>(rows, a, g.lda, b, g.k, init, g.ld_init, c, g.ldc, fetch);
  } else {
    alignas(64) float whole[tile_rows * panel] = {};
    copy_rows(init, g.ld_init, whole, panel, rows, cols);
    run_tile<panel_vectors, ahead, least>(rows, a, g.lda, b, g.k, whole, panel, whole, panel, fetch);
    copy_rows(whole, panel, c, g.ldc, rows, cols);
  }
  for (isize r = 0; r < rows; ++r) {
    if (g.act != activation::none) activate(c + r * g.ldc, cols, g.act);
    if (g.residual != nullptr) add_row(c + r * g.ldc, g.residual + (row + r) * g.ld_residual + column, cols);
  }
}

inline void gemm(const gemm_args& g) noexcept {
  const isize tiles = (g.m + tile_rows - 1) / tile_rows, blocks = (g.m + row_block - 1) / row_block;
  const isize panel_bytes = g.k * panel * static_cast<isize>(sizeof(float));
  for (isize block = 0; block < blocks; ++block) {
    const isize first = tiles * block / blocks, last = tiles * (block + 1) / blocks, count = last - first;
    for (isize column = 0; column < g.n; column += panel) {
      // The first of the tiles that share a panel streams what of it the others, before, have not fetched for it: a line
      // for each k at most, which is what a tile can ask for beside its own work.
      const char* next = reinterpret_cast<const char*>(g.panels + column * g.k) + panel_bytes;
      const isize others = count - 1, line = width * sizeof(float);
      const isize step = others < panel_vectors ? line : panel_vectors * line / others;
      for (isize t = first; t < last; ++t) {
        const isize row = g.m * t / tiles, rows = g.m * (t + 1) / tiles - row;
        if (t == first)
          gemm_tile<fetching::own>(g, row, rows, column, {});
        else
          gemm_tile<fetching::other>(g, row, rows, column, {next + step * g.k * (t - first - 1), step});
      }
    }
  }
}
