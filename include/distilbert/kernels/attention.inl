// Scaled dot-product attention of one head of one text. No score matrix is kept: the scores of one tile of queries
// against all keys are computed, exponentiated and multiplied by V while they are in the cache.

// panels[(j / panel) * panel * seq + i * panel + j % panel] = v[i][j], zeros past head_dim.
DISTILBERT_INLINE void pack_values(const float* v, isize ld, isize seq, isize head_dim, float* panels) {
  for (isize j0 = 0; j0 < head_dim; j0 += panel) {
    const isize cols = head_dim - j0 < panel ? head_dim - j0 : panel;
    for (isize i = 0; i < seq; ++i, panels += panel) {
      const float* from = v + i * ld + j0;
      if (cols == panel) {
        DISTILBERT_UNROLL
        for (int j = 0; j < panel_vectors; ++j) store(panels + j * width, load(from + j * width));
      } else {
        for (isize j = 0; j < panel; ++j) panels[j] = j < cols ? from[j] : 0.0F;
      }
    }
  }
}

// panels[(i / panel) * panel * head_dim + j * panel + i % panel] = k[i][j], zeros past seq.
DISTILBERT_INLINE void pack_keys(const float* k, isize ld, isize seq, isize head_dim, float* panels) {
  for (isize i0 = 0; i0 < seq; i0 += panel, panels += panel * head_dim) {
    const isize rows = seq - i0 < panel ? seq - i0 : panel;
    for (isize i = 0; i < rows; ++i)
      for (isize j = 0; j < head_dim; ++j) panels[j * panel + i] = k[(i0 + i) * ld + j];
    for (isize i = rows; i < panel; ++i)
      for (isize j = 0; j < head_dim; ++j) panels[j * panel + i] = 0.0F;
  }
}

inline void attention(const attention_args& args) noexcept {
  const isize padded_seq = round_up(args.seq, panel), padded_dim = round_up(args.head_dim, panel);
  float* keys = args.scratch;
  float* values = keys + padded_seq * args.head_dim;
  float* scores = values + padded_dim * args.seq;
  pack_keys(args.k, args.ldkv, args.seq, args.head_dim, keys);
  pack_values(args.v, args.ldkv, args.seq, args.head_dim, values);

  const float scale = 1.0F / square_root(static_cast<float>(args.head_dim));
  alignas(64) const float zeros[panel] = {};
  alignas(64) float context[tile_rows * panel];
  for (isize row = 0; row < args.queries; row += tile_rows) {
    const isize rows = args.queries - row < tile_rows ? args.queries - row : tile_rows;
    for (isize j = 0; j < padded_seq; j += panel)
      run_tile(rows, args.q + row * args.ldq, args.ldq, keys + j * args.head_dim, args.head_dim, zeros, 0, scores + j,
               padded_seq, {});
    float sum[tile_rows];
    for (isize r = 0; r < rows; ++r) sum[r] = exp_row(scores + r * padded_seq, args.seq, args.seq, scale);
    for (isize j = 0; j < args.head_dim; j += panel) {
      run_tile(rows, scores, padded_seq, values + j * args.seq, args.seq, zeros, 0, context, panel, {});
      const isize cols = args.head_dim - j < panel ? args.head_dim - j : panel;
      for (isize r = 0; r < rows; ++r) {
        const vf total_weight = set(sum[r]);
        map(context + r * panel, panel, [total_weight](vf x) { return div(x, total_weight); });
        copy_rows(context + r * panel, panel, args.out + (row + r) * args.ld_out + j, args.ld_out, 1, cols);
      }
    }
  }
}
