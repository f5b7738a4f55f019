#pragma once
#include <omp.h>

#include <cstddef>

/// OpenMP's threads as an executor. Compile and link with -fopenmp.
struct openmp_executor {
  int threads = omp_get_max_threads();

  std::size_t concurrency() const noexcept { return static_cast<std::size_t>(threads); }

  template <class Function>
  void parallel_for(std::size_t n, Function&& f) const {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (std::size_t i = 0; i < n; ++i) f(i);
  }
};
