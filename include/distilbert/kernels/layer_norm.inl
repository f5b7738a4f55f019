// Layer normalisation: the mean first, then the variance of what is left, so that large means cost no accuracy.

DISTILBERT_NOINLINE void layer_norm_row(const float* x, float* y, const float* gamma, const float* beta, float epsilon,
                                      isize n) {
  const float count = static_cast<float>(n);
  lane_sums sums = no_sum();
  for_lanes(x, n, sums, [](vf sum, vf v, int) { return add(sum, v); });
  const vf mean = set(total(sums) / count);
  sums = no_sum();
  for_lanes(x, n, sums, [mean](vf sum, vf v, int lanes) {
    const vf d = lanes == width ? sub(v, mean) : keep_first(sub(v, mean), lanes);
    return fma(d, d, sum);
  });
  const float variance = total(sums) / count;
  const vf inverse = set(1.0F / square_root(variance + epsilon));
  const auto normalise = [&](vf v, vf g, vf b) { return fma(mul(sub(v, mean), inverse), g, b); };
  isize i = 0;
  for (; i + width <= n; i += width) store(y + i, normalise(load(x + i), load(gamma + i), load(beta + i)));
  if (i < n) {
    const int left = static_cast<int>(n - i);
    store_first(y + i, normalise(load_first(x + i, left), load_first(gamma + i, left), load_first(beta + i, left)),
                left);
  }
}

inline void layer_norm(const layer_norm_args& args) noexcept {
  for (isize r = 0; r < args.rows; ++r)
    layer_norm_row(args.x + r * args.ldx, args.y + r * args.ldy, args.gamma, args.beta, args.epsilon, args.n);
}
