// The product of a linear layer in 8 bits, over run_int8_tile() of int8_tile.inl or int8_tile_amx.inl.

// Rows that are rounded together, and pass over a panel of weights together: they stay in the second-level cache.
inline constexpr isize int8_row_block = 128 / int8_rows * int8_rows;

// A tile of C over one panel and blocks first..end-1 of k, and what follows the last.
DISTILBERT_INLINE void gemm_int8_tile(const gemm_args& g, const int8_rows_view& a, isize row, isize rows,
                                      isize column, const std::byte* weights, isize first, isize end,
                                      const int8_fetch& fetch) {
  const isize cols = g.n - column < panel ? g.n - column : panel, ld_init = first == 0 ? g.ld_init : g.ldc;
  float* c = g.c + row * g.ldc + column;
  const float* init = first == 0 ? g.init + row * ld_init + column : c;
  if (cols == panel) {
    run_int8_tile(rows, a, weights, first, end, init, ld_init, c, g.ldc, fetch);
  } else {
    alignas(64) float whole[int8_rows * panel] = {};
    copy_rows(init, ld_init, whole, panel, rows, cols);
    run_int8_tile(rows, a, weights, first, end, whole, panel, whole, panel, fetch);
    copy_rows(whole, panel, c, g.ldc, rows, cols);
  }
  if (end == int8_blocks(g.k)) finish_tile(g, row, rows, column, cols);
}

inline void gemm_int8(const gemm_args& g) noexcept {
  const isize k = round_up(g.k, int8_k_multiple), blocks = int8_blocks(g.k), bytes = int8_panel_bytes(panel, g.k);
  for (isize m0 = 0; m0 < g.m; m0 += int8_row_block) {
    const isize m = g.m - m0 < int8_row_block ? g.m - m0 : int8_row_block;
    float* scales = reinterpret_cast<float*>(g.scratch + m * k);
    const int8_rows_view all = {reinterpret_cast<unsigned char*>(g.scratch), k, scales, scales + m * blocks, m};
    quantise_rows(g.a + m0 * g.lda, g.lda, m, g.k, all);
    const isize tiles = (m + int8_rows - 1) / int8_rows;
    for (isize column = 0; column < g.n; column += panel) {
      const std::byte* weights = static_cast<const std::byte*>(g.panels) + column / panel * bytes;
      for (isize first = 0; first < blocks; first += int8_blocks_at_once) {
        const isize end = blocks - first < int8_blocks_at_once ? blocks : first + int8_blocks_at_once;
        for (isize t = 0; t < tiles; ++t) {
          const isize row = m * t / tiles, rows = m * (t + 1) / tiles - row;
          gemm_int8_tile(g, all.from(row), m0 + row, rows, column, weights, first, end,
                         plan_int8_fetch(weights, k, bytes, first * int8_block, t, tiles));
        }
      }
    }
  }
}

inline constexpr int8_table int8 = {.name = int8_variant_name,
                                    .panel_width = panel,
                                    .tile_rows = int8_rows,
                                    .row_block = int8_row_block,
                                    .quantise_weights = quantise_weights,
                                    .quantise_row = quantise_row,
                                    .pack = pack_int8,
                                    .gemm = gemm_int8};
