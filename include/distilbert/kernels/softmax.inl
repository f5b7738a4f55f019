// Softmax over rows. Scores are shifted by their maximum, so that e^x never overflows and the sum is at least about 1.

// row[i] = e^(scale (row[i] - max)) for i < n, 0 for n <= i < padded. Returns the sum.
DISTILBERT_NOINLINE float exp_row(float* row, isize n, isize padded, float scale) {
  vf largest = set(row[0]);
  isize i = 0;
  for (; i + width <= n; i += width) largest = max(largest, load(row + i));
  float lane[width];
  store(lane, largest);
  float top = lane[0];
  for (int j = 1; j < width; ++j) top = lane[j] > top ? lane[j] : top;
  for (; i < n; ++i) top = row[i] > top ? row[i] : top;

  const vf factor = set(scale), shift = set(-(scale * top));
  lane_sums sums = no_sum();
  for_lanes(row, n, sums, [&, to = row](vf sum, vf v, int lanes) mutable {
    const vf y = exp(fma(v, factor, shift));
    if (lanes == width) {
      store(to, y);
      to += width;
      return add(sum, y);
    }
    store_first(to, y, lanes);
    return add(sum, keep_first(y, lanes));
  });
  for (i = n; i < padded; ++i) row[i] = 0.0F;
  return total(sums);
}

inline void softmax(const softmax_args& args) noexcept {
  for (isize r = 0; r < args.rows; ++r) {
    float* row = args.x + r * args.ld;
    const vf sum = set(exp_row(row, args.valid, args.cols, 1.0F));
    map(row, args.valid, [sum](vf v) { return div(v, sum); });
  }
}
