// Scaled dot-product attention of one head of one text. No score matrix is kept: the scores of one tile of queries
// against all keys are computed, exponentiated and multiplied by V while they are in the cache.

// Columns of a tile: pairs of vectors divide the usual head_dim, 32 or 64, where a product's panels may not.
inline constexpr int attention_vectors = 2;
inline constexpr int attention_panel = attention_vectors * width;
static_assert(attention_columns % attention_panel == 0);

// panels[(j / width) * width * seq + i * width + j % width] = v[i][j], zeros past head_dim.
DISTILBERT_INLINE void pack_values(const float* v, isize ld, isize seq, isize head_dim, float* panels) {
  for (isize j0 = 0; j0 < round_up(head_dim, attention_panel); j0 += width)
    for (isize i = 0; i < seq; ++i, panels += width) {
      const float* from = v + i * ld + j0;
      if (head_dim - j0 >= width)
        store(panels, load(from));
      else
        store(panels, head_dim > j0 ? load_first(from, static_cast<int>(head_dim - j0)) : zero());
    }
}

// The keys as a weight of seq outputs, zeros past seq.
DISTILBERT_INLINE void pack_keys(const float* k, isize ld, isize seq, isize head_dim, float* panels) {
  for (isize i = seq / width * width * head_dim; i < round_up(seq, attention_panel) * head_dim; i += width)
    store(panels + i, zero());
  pack({.weight = k,
        .ld = ld,
        .format = weight_format::f32,
        .n = seq,
        .k = head_dim,
        .panels = panels,
        .first_output = 0});
}

// All is in the cache: one fetch of what is there already, for the whole of k.
DISTILBERT_INLINE fetch_plan nothing(const float* b, isize k) {
  return {reinterpret_cast<const char*>(b), 0, k, -1, 0};
}

// Tiles of queries come in a few sizes, each of which costs the host compile time: the largest that there are queries
// for. The last tile begins early enough to be whole, and computes some rows again, to the same bits.
DISTILBERT_INLINE isize query_rows(isize queries) {
  return queries >= tile_rows ? tile_rows : queries >= 4 ? 4 : queries >= 2 ? 2 : 1;
}

DISTILBERT_INLINE void query_tile(isize rows, const float* a, isize lda, const float* b, isize k, const float* init,
                                  isize ld_init, float* c, isize ldc, const fetch_plan& fetch) {
  constexpr int columns = attention_vectors;
  switch (rows) {
    case 1: return tile<1, columns>(a, lda, b, k, init, ld_init, c, ldc, fetch);
    case 2: return tile<2, columns>(a, lda, b, k, init, ld_init, c, ldc, fetch);
    case 4: return tile<4, columns>(a, lda, b, k, init, ld_init, c, ldc, fetch);
    default: return tile<tile_rows, columns>(a, lda, b, k, init, ld_init, c, ldc, fetch);
  }
}

inline void attention(const attention_args& args) noexcept {
  const isize padded_seq = round_up(args.seq, attention_panel), padded_dim = round_up(args.head_dim, attention_panel);
  float* keys = args.scratch;
  float* values = keys + padded_seq * args.head_dim;
  float* scores = values + padded_dim * args.seq;
  pack_keys(args.k, args.ldkv, args.seq, args.head_dim, keys);
  pack_values(args.v, args.ldkv, args.seq, args.head_dim, values);

  const float scale = 1.0F / square_root(static_cast<float>(args.head_dim));
  alignas(64) const float zeros[attention_panel] = {};
  alignas(64) float context[tile_rows * attention_panel];
  const isize rows = query_rows(args.queries);
  for (isize next = 0; next < args.queries; next += rows) {
    const isize row = args.queries - next < rows ? args.queries - rows : next;
    for (isize j = 0; j < padded_seq; j += attention_panel)
      query_tile(rows, args.q + row * args.ldq, args.ldq, keys + j * args.head_dim, args.head_dim, zeros, 0, scores + j,
                 padded_seq, nothing(keys, args.head_dim));
    float sum[tile_rows];
    for (isize r = 0; r < rows; ++r) sum[r] = exp_row(scores + r * padded_seq, args.seq, args.seq, scale);
    for (isize j = 0; j < args.head_dim; j += attention_panel) {
      query_tile(rows, scores, padded_seq, values + j * args.seq, args.seq, zeros, 0, context, attention_panel,
                 nothing(values, args.seq));
      const isize cols = args.head_dim - j < attention_panel ? args.head_dim - j : attention_panel;
      for (isize r = 0; r < rows; ++r) {
        const vf total_weight = set(sum[r]);
        map(context + r * attention_panel, attention_panel, [total_weight](vf x) { return div(x, total_weight); });
        copy_rows(context + r * attention_panel, attention_panel, args.out + (row + r) * args.ld_out + j, args.ld_out,
                  1, cols);
      }
    }
  }
}
