// Word + position embeddings and their layer norm, one pass a token. Times 1, a word stays what it is.

inline void embed(const embed_args& args) noexcept {
  const bool scaled = args.format == weight_format::i8;
  for (isize t = 0; t < args.tokens; ++t) {
    const isize word = static_cast<isize>(args.ids[t]) * args.n;
    const vf scale = set(scaled ? args.scales[args.ids[t]] : 1.0F);
    const float* position = args.positions + t * args.n;
    float* row = args.y + t * args.ldy;
    isize i = 0;
    for (; i + width <= args.n; i += width)
      store(row + i, fma(load_as(args.words, args.format, word + i), scale, load(position + i)));
    if (i < args.n) {
      const int left = static_cast<int>(args.n - i);
      const vf x = load_first_as(args.words, args.format, word + i, left);
      const vf sum = fma(x, scale, load_first(position + i, left));
      store_first(row + i, sum, left);
    }
    layer_norm_row(row, row, args.gamma, args.beta, args.epsilon, args.n);
  }
}
