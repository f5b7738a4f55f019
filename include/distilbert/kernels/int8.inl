// What linear layers in 8 bits need beside their product: weights rounded and packed once, activations row by row as
// they come. Included with the variant's other kernels; int8_gemm.inl follows once for each kind of product it has.

// A float to the nearest integer, ties to even, for |x| < 2^22.
DISTILBERT_INLINE float nearest(float x) { return (x + round_magic) - round_magic; }

// Calls step(vector) over n >= 1 elements of x; past the end a vector holds x[0].
template <class Step>
DISTILBERT_INLINE void for_vectors(const float* x, isize n, Step step) {
  isize i = 0;
  for (; i + width <= n; i += width) step(load(x + i), i);
  if (i == n) return;
  float last[width];
  for (isize j = 0; j < width; ++j) last[j] = i + j < n ? x[i + j] : x[0];
  step(load(last), i);
}

// One block of a row: x ~ low + scale q, and 0 exactly: of what GELU has made, most is close to it. A NaN or an
// infinity makes the scale NaN. `q` has room for whole vectors.
DISTILBERT_INLINE void quantise_block(const float* x, isize n, unsigned char* q, float* scale, float* low) {
  vf least_of = zero(), greatest_of = zero(), no_number = zero();
  for_vectors(x, n, [&](vf v, isize) {
    least_of = min(least_of, v);
    greatest_of = max(greatest_of, v);
    no_number = fma(v, zero(), no_number);
  });
  const float bottom = fold_min(least_of), range = fold_max(greatest_of) - bottom;
  // Ranges so small that 255 / range might be infinite count as none.
  const bool flat = range < 1e-30F;
  const float per_step = flat ? 0.0F : 255.0F / range, step = flat ? 0.0F : range / 255.0F;
  float zeros[width];  // one number, by a vector's fma: a rounded product must not feed the sum
  store(zeros, fma(set(-bottom), set(per_step), set(round_magic)));
  const float zero_at = zeros[0] - round_magic;  // 0..255
  const vf factor = set(per_step), from = set(round_magic), zero_point = set(round_magic + zero_at);
  const vf to = set(round_magic + 255.0F);
  for_vectors(x, n, [&](vf v, isize i) {
    store_low_bytes(q + i, bits(max(min(fma(v, factor, zero_point), to), from)));
  });
  *scale = step + fold(no_number);
  *low = zero_at == 0.0F ? 0.0F : -zero_at * step;
}

// Rows of 8 bits, k padded with zeros to `ld`, and their scales and lows, [blocks][rows] each.
struct int8_rows_view {
  unsigned char* q;
  isize ld;
  float* scale;
  float* low;
  isize ld_block;

  int8_rows_view from(isize row) const { return {q + row * ld, ld, scale + row, low + row, ld_block}; }
};

DISTILBERT_NOINLINE void quantise_rows(const float* a, isize lda, isize rows, isize k, int8_rows_view to) noexcept {
  for (isize r = 0; r < rows; ++r) {
    unsigned char* q = to.q + r * to.ld;
    for (isize i = 0, block = 0; i < k; i += int8_block, ++block) {
      const isize n = k - i < int8_block ? k - i : int8_block;
      unsigned char tail[int8_block];
      // The last vector of a block that is none may be wider than the row's padding.
      unsigned char* bytes = n % width == 0 ? q + i : tail;
      quantise_block(a + r * lda + i, n, bytes, to.scale + block * to.ld_block + r, to.low + block * to.ld_block + r);
      if (bytes == tail)
        for (isize j = 0; j < n; ++j) q[i + j] = tail[j];
    }
    for (isize i = k; i < to.ld; ++i) q[i] = 0;
  }
}

// What a tile fetches into the second-level cache while it runs: at every 4 k the next `step` bytes of each stream; from
// the address `turn` on, `jump` bytes later.
struct int8_fetch {
  const char* next;
  isize step;
  const char* turn;
  isize jump;

};

// Fetches the next `bytes` of each stream, and goes on after them.
DISTILBERT_INLINE void fetch_ahead(int8_fetch& fetch, isize stream, isize bytes) {
  DISTILBERT_UNROLL
  for (int j = 0; j < panel_vectors; ++j) DISTILBERT_PREFETCH(fetch.next + j * stream);
  fetch.next += bytes;
  if (fetch.next == fetch.turn) fetch.next += fetch.jump;
}

// For k from `begin` on. A tile alone fetches ahead of itself, and at its end the beginning of the next panel; of
// several that share a panel, each its part of the next one.
DISTILBERT_INLINE int8_fetch plan_int8_fetch(const std::byte* weights, isize k, isize bytes, isize begin, isize t,
                                             isize tiles) {
  const char* panel_begin = reinterpret_cast<const char*>(weights);
  const isize stream = k * width, step = (4 * width + tiles - 1) / tiles;
  if (tiles > 1) return {panel_begin + bytes + stream * t / tiles + begin / 4 * step, step, nullptr, 0};
  const isize ahead = (prefetch_bytes < stream ? prefetch_bytes : stream) + begin * width;
  const char* next = panel_begin + ahead + (ahead < stream ? 0 : bytes - stream);
  return {next, step, panel_begin + stream, bytes - stream};
}

// What a block of k adds to an output: low sum(w) + scale sum(q w), with the factors of the output's weights.
DISTILBERT_INLINE vf add_int8_sum(vf y, vi sum, vf scale, vf low, const float* factors) {
  y = fma(low, load(factors + panel), y);
  return fma(to_floats(sum), mul(scale, load(factors)), y);
}

DISTILBERT_INLINE float magnitude(float x) { return x < 0.0F ? -x : x; }

// The largest sum of same-signed neighbours, and the largest single magnitude.
DISTILBERT_INLINE void extremes(const float* w, isize n, float* single, float* pair) {
  float most = 0.0F, together = 0.0F;
  for (isize i = 0; i < n; ++i) most = magnitude(w[i]) > most ? magnitude(w[i]) : most;
  for (isize i = 0; i + 1 < n; i += 2) {
    const float sum = magnitude(w[i] + w[i + 1]), difference = magnitude(w[i] - w[i + 1]);
    // |a + b| > |a - b| just where the signs are the same.
    if (sum > difference && sum > together) together = sum;
  }
  *single = most;
  *pair = together;
}

inline void quantise_weights(const quantise_weights_args& args) noexcept {
  for (isize j = 0; j < args.n; ++j)
    for (isize i0 = 0, block = 0; i0 < args.k; i0 += int8_block, ++block) {
      const isize n = args.k - i0 < int8_block ? args.k - i0 : int8_block;
      float w[int8_block];
      to_f32(static_cast<const char*>(args.weight) + (j * args.k + i0) * static_cast<isize>(bytes_of(args.format)),
             args.format, w, n);
      float single, pair;
      extremes(w, n, &single, &pair);
      // Rounding adds at most 1/2 to each of two neighbours.
      const float by_pair = pair / (int8_pair_limit - 1), by_single = single / 127.0F;
      float scale = by_pair > by_single ? by_pair : by_single;
      if (scale < 1e-30F) scale = 0.0F;  // no quotient below overflows
      for (isize i = 0; i < n; ++i) scale = scale + (w[i] - w[i]);  // NaN where a weight is no number
      args.scales[j * int8_blocks(args.k) + block] = scale;
      std::int8_t* to = args.values + j * args.k + i0;
      for (isize i = 0; i < n; ++i) {
        const float q = scale > 0.0F ? nearest(w[i] / scale) : 0.0F;
        to[i] = static_cast<std::int8_t>(q);
      }
    }
}

inline float quantise_row(const float* row, isize n, std::int8_t* values) noexcept {
  float single, pair;
  extremes(row, n, &single, &pair);
  float scale = single / 127.0F;
  if (scale < 1e-30F) scale = 0.0F;
  for (isize i = 0; i < n; ++i) scale = scale + (row[i] - row[i]);
  for (isize i = 0; i < n; ++i) values[i] = static_cast<std::int8_t>(scale > 0.0F ? nearest(row[i] / scale) : 0.0F);
  return scale;
}

inline void pack_int8(const pack_int8_args& args) noexcept {
  const isize k = round_up(args.k, int8_k_multiple), blocks = int8_blocks(args.k);
  const isize bytes = int8_panel_bytes(panel, args.k);
  for (isize j = 0; j < args.n; ++j) {
    const isize output = args.first_output + j, lane = output % width;
    std::byte* in_panel = args.panels + output / panel * bytes;
    std::byte* stream = in_panel + output % panel / width * width * k;
    const std::int8_t* values = args.values + j * args.k;
    for (isize i = 0; i < args.k; ++i)
      stream[i / 4 * 4 * width + lane * 4 + i % 4] = static_cast<std::byte>(static_cast<unsigned char>(values[i]));
    float* factors = reinterpret_cast<float*>(in_panel + panel * k) + output % panel;
    for (isize block = 0; block < blocks; ++block, factors += 2 * panel) {
      const isize begin = block * int8_block, end = args.k - begin < int8_block ? args.k : begin + int8_block;
      int sum = 0;
      for (isize i = begin; i < end; ++i) sum += values[i];
      factors[0] = args.scales[j * blocks + block];
      factors[panel] = factors[0] * static_cast<float>(sum);
    }
  }
}
