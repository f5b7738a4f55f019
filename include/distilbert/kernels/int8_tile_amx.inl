// A tile of 16 rows of 8 bits x one panel of weights by AMX: the same integers, 64 k at a time.
inline constexpr const char* int8_variant_name = "amx";
inline constexpr int int8_rows = 16;

struct tile_configuration {
  unsigned char palette, start_row, reserved[14];
  unsigned short row_bytes[16];
  unsigned char rows[16];
};

// Registers 0-2 hold the sums, 3 the rows, 4-6 the weights: as many columns as a panel has vectors.
DISTILBERT_INLINE void configure_tiles(isize rows) {
  static_assert(panel_vectors == 3 && width == 16);
  alignas(64) tile_configuration tiles = {};
  tiles.palette = 1;
  for (int i = 0; i < 7; ++i) {
    tiles.row_bytes[i] = 64;
    tiles.rows[i] = i < 4 ? static_cast<unsigned char>(rows) : 16;
  }
  __asm__ volatile("" : : "r"(&tiles) : "memory");  // the intrinsic owns up to 8 of its 64 bytes
  _tile_loadconfig(&tiles);
}

// The sums of a block of k for all rows of a tile: 64 k of the rows x 16 outputs at a time.
DISTILBERT_INLINE void sum_block(const unsigned char* q, isize ld, const std::byte* b, isize stream, isize depth,
                                 int8_fetch& fetch, int* sums) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  for (isize i = 0; i < depth; i += 64, b += 64 * width) {
    for (isize bytes = 0; bytes < 16 * fetch.step; bytes += cache_line) fetch_ahead(fetch, stream, cache_line);
    _tile_loadd(3, q + i, ld);
    _tile_loadd(4, b, 64);
    _tile_dpbusd(0, 3, 4);
    _tile_loadd(5, b + stream, 64);
    _tile_dpbusd(1, 3, 5);
    _tile_loadd(6, b + 2 * stream, 64);
    _tile_dpbusd(2, 3, 6);
  }
  constexpr isize row_bytes = panel * static_cast<isize>(sizeof(int));
  _tile_stored(0, sums, row_bytes);
  _tile_stored(1, sums + width, row_bytes);
  _tile_stored(2, sums + 2 * width, row_bytes);
}

// Blocks of k whose weights stay in the caches while the tiles of a panel pass over them.
inline constexpr isize int8_blocks_at_once = 4;

// Blocks first..end-1 of k. A block's sums are read back while the next block's are computed.
DISTILBERT_NOINLINE void run_int8_tile(isize rows, const int8_rows_view& a, const std::byte* weights, isize first,
                                       isize end, const float* init, isize ld_init, float* c, isize ldc,
                                       int8_fetch fetch) {
  alignas(64) int sums[2][int8_rows * panel];
  configure_tiles(rows);
  const isize stream = a.ld * width;
  const float* factors = reinterpret_cast<const float*>(weights + panel_vectors * stream);
  for (isize block = first; block <= end; ++block) {
    if (block < end) {
      const isize i = block * int8_block, depth = a.ld - i < int8_block ? a.ld - i : int8_block;
      sum_block(a.q + i, a.ld, weights + i * width, stream, depth, fetch, sums[block % 2]);
    }
    const isize done = block - 1;
    if (done < first) continue;
    for (isize r = 0; r < rows; ++r) {
      const vf scale = set(a.scale[done * a.ld_block + r]), low = set(a.low[done * a.ld_block + r]);
      DISTILBERT_UNROLL
      for (int j = 0; j < panel_vectors; ++j)
        store(c + r * ldc + j * width,
              add_int8_sum(load(init + r * ld_init + j * width), load_bytes(sums[done % 2] + r * panel + j * width),
                           scale, low, factors + 2 * panel * done + j * width));
    }
    init = c;
    ld_init = ldc;
  }
  _tile_release();
}
