// Sums in an order that does not depend on the vector's width: element i goes to virtual lane i mod 32, and the lanes
// are folded by adding halves.

inline constexpr int virtual_lanes = 32;
inline constexpr int vectors = virtual_lanes / width;

struct lane_sums {
  vf part[vectors];
};

DISTILBERT_INLINE lane_sums no_sum() {
  lane_sums s;
  DISTILBERT_UNROLL
  for (int j = 0; j < vectors; ++j) s.part[j] = zero();
  return s;
}

DISTILBERT_INLINE float total(lane_sums s) {
  DISTILBERT_UNROLL
  for (int half = vectors / 2; half > 0; half /= 2)
    for (int j = 0; j < half; ++j) s.part[j] = add(s.part[j], s.part[j + half]);
  return fold(s.part[0]);
}

// Calls step(partial sum, vector, lanes that count) over n elements of x; past the end a vector holds zeros, and a
// vector with no element at all is left out: adding its zeros would change nothing.
template <class Step>
DISTILBERT_INLINE void for_lanes(const float* x, isize n, lane_sums& sums, Step step) {
  isize i = 0;
  for (; i + virtual_lanes <= n; i += virtual_lanes) {
    DISTILBERT_UNROLL
    for (int j = 0; j < vectors; ++j) sums.part[j] = step(sums.part[j], load(x + i + j * width), width);
  }
  for (int j = 0; i < n; ++j, i += width) {
    const int left = n - i < width ? static_cast<int>(n - i) : width;
    const vf last = left == width ? load(x + i) : load_first(x + i, left);
    sums.part[j] = step(sums.part[j], last, left);
  }
}
