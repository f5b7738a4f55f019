#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace measure {

/// Wall-clock seconds that a call takes.
template <class Function>
double seconds_of(Function&& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Seconds of the best round, and of the median one. Best: what the machine does when nothing else disturbs it.
struct timings {
  double best = 0, median = 0;
};

inline timings timings_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const std::size_t n = seconds.size();
  return {seconds.front(), (seconds[(n - 1) / 2] + seconds[n / 2]) / 2};
}

/// Of `rounds` calls of timed(), at least one, each of which returns its seconds; after one that is not counted, since
/// it touches memory for the first time.
template <class Timed>
timings time_rounds(std::size_t rounds, Timed&& timed) {
  timed();
  std::vector<double> seconds;
  do seconds.push_back(timed());
  while (seconds.size() < rounds);
  return timings_of(std::move(seconds));
}

}  // namespace measure
