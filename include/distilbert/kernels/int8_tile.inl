// A tile of rows of 8 bits x one panel of weights, its sums in registers, by the variant's dot4().

// One block of k of a tile: c[r] = init[r] + row r of 8 bits * weights, `depth` of them from `b` on in each stream.
template <int rows>
DISTILBERT_NOINLINE void int8_tile(const unsigned char* q, isize ld, const float* scales, const float* lows,
                                   const std::byte* b, isize stream, isize depth, const float* factors,
                                   const float* init, isize ld_init, float* c, isize ldc, int8_fetch& plan) {
  int8_fetch fetch = plan;  // in registers
  vi sum[rows][panel_vectors];
  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r) DISTILBERT_UNROLL
  for (int j = 0; j < panel_vectors; ++j) sum[r][j] = unknown_zero();

  for (isize i = 0; i < depth; i += 4, b += 4 * width) {
    vi weight[panel_vectors];
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j) weight[j] = load_bytes(b + j * stream);
    fetch_ahead(fetch, stream, fetch.step);
    DISTILBERT_UNROLL
    for (int r = 0; r < rows; ++r) {
      const vi x = set_bytes(q + r * ld + i);
      DISTILBERT_UNROLL
      for (int j = 0; j < panel_vectors; ++j) sum[r][j] = dot4(sum[r][j], x, weight[j]);
    }
  }

  plan.next = fetch.next;
  DISTILBERT_UNROLL
  for (int r = 0; r < rows; ++r) {
    const vf scale = set(scales[r]), low = set(lows[r]);
    DISTILBERT_UNROLL
    for (int j = 0; j < panel_vectors; ++j)
      store(c + r * ldc + j * width,
            add_int8_sum(load(init + r * ld_init + j * width), sum[r][j], scale, low, factors + j * width));
  }
}

// Blocks of k whose weights stay in the first-level cache while the tiles of a panel pass over them.
inline constexpr isize int8_blocks_at_once = 2;

// Blocks first..end-1 of k, by int8_tile<rows> for a number of rows known only now.
template <int most = int8_rows>
DISTILBERT_NOINLINE void run_int8_tile(isize rows, const int8_rows_view& a, const std::byte* weights, isize first,
                                       isize end, const float* init, isize ld_init, float* c, isize ldc,
                                       int8_fetch fetch) {
  if constexpr (most > 1)
    if (rows < most) return run_int8_tile<most - 1>(rows, a, weights, first, end, init, ld_init, c, ldc, fetch);
  const isize stream = a.ld * width;
  const float* factors = reinterpret_cast<const float*>(weights + panel_vectors * stream);
  for (isize block = first; block < end; ++block) {
    const isize i = block * int8_block, depth = a.ld - i < int8_block ? a.ld - i : int8_block;
    int8_tile<most>(a.q + i, a.ld, a.scale + block * a.ld_block, a.low + block * a.ld_block, weights + i * width,
                    stream, depth, factors + 2 * panel * block, init, ld_init, c, ldc, fetch);
    init = c;
    ld_init = ldc;
  }
}
