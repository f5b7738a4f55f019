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
  map(row, n, [=](vf v) { return exp(fma(v, factor, shift)); });
  lane_sums sums = no_sum();
  for_lanes(row, n, sums, [](vf sum, vf v, int) { return add(sum, v); });
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
