#pragma once
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <cstddef>

/// An arena of oneTBB's as an executor. Link with -ltbb.
struct tbb_executor {
  tbb::task_arena arena;

  std::size_t concurrency() const { return static_cast<std::size_t>(arena.max_concurrency()); }

  /// Isolated: while it waits for the others, a thread takes pieces of this loop alone. Otherwise it could take another
  /// task of the program, even one that calls the same classifier.
  template <class Function>
  void parallel_for(std::size_t n, Function&& f) {
    arena.execute([&] {
      tbb::this_task_arena::isolate([&] {
        tbb::parallel_for(
            std::size_t{0}, n, [&](std::size_t i) { f(i); }, tbb::simple_partitioner());
      });
    });
  }
};
