#include "distilbert/core/thread_pool.hpp"

#include <atomic>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/executor.hpp"

using distilbert::parallel_ref;
using distilbert::thread_pool;

namespace {

// An executor of the caller's own: one thread, last index first.
struct backwards {
  std::size_t calls = 0;
  std::size_t concurrency() const { return 3; }
  template <class F>
  void parallel_for(std::size_t n, F&& f) {
    ++calls;
    for (std::size_t i = n; i-- > 0;) f(i);
  }
};

}  // namespace

TEST_CASE("a pool runs every index once, with any number of threads") {
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    thread_pool pool(threads);
    CHECK(pool.concurrency() == threads);
    for (const std::size_t n : {0U, 1U, 2U, 7U, 1000U}) {
      std::vector<std::atomic<int>> calls(n);
      pool.parallel_for(n, [&](std::size_t i) { ++calls[i]; });
      for (const std::atomic<int>& c : calls) REQUIRE(c == 1);
    }
  }
}

TEST_CASE("what one loop wrote, the next one reads on other threads") {
  thread_pool pool(3);
  std::vector<long> values(97, 0);
  for (int round = 0; round < 2000; ++round)
    pool.parallel_for(values.size(), [&](std::size_t i) { values[i] = values[i] + 1; });
  long sum = 0;
  for (const long v : values) sum += v;
  CHECK(sum == 97 * 2000);
}

TEST_CASE("loops shorter than the pool run every index once, and the pool ends while workers sleep") {
  for (int round = 0; round < 20; ++round) {
    thread_pool pool(64);
    std::atomic<int> calls = 0;
    for (int loop = 0; loop < 50; ++loop) pool.parallel_for(2, [&](std::size_t) { ++calls; });
    REQUIRE(calls == 100);
  }
}

TEST_CASE("a pool that was never used stops") {
  for (int i = 0; i < 50; ++i) thread_pool pool(4);
}

TEST_CASE("zero threads means one for each of the machine's") { CHECK(thread_pool(0).concurrency() >= 1); }

TEST_CASE("a reference to no executor runs on the calling thread, in order") {
  const parallel_ref parallel;
  CHECK(parallel.concurrency() == 1);
  std::vector<std::size_t> order;
  parallel(4, [&](std::size_t i) { order.push_back(i); });
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3});
}

TEST_CASE("a reference runs on the executor that it was made from") {
  backwards executor;
  const parallel_ref parallel = executor;
  CHECK(parallel.concurrency() == 3);
  std::vector<std::size_t> order;
  parallel(3, [&](std::size_t i) { order.push_back(i); });
  CHECK(order == std::vector<std::size_t>{2, 1, 0});
  CHECK(executor.calls == 1);
}
