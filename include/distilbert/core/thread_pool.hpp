#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "distilbert/core/config.hpp"

#if DISTILBERT_X86_64
#include <immintrin.h>
#endif

namespace distilbert {

/// A small executor: threads - 1 workers, and the thread that calls parallel_for.
///
/// One parallel_for at a time; it may be called from one thread at a time. Functions given to it must not throw.
/// Workers spin for some microseconds between jobs, since the steps of a forward pass follow each other that closely,
/// then sleep.
class thread_pool {
 public:
  /// @param threads how many run at once, the caller included; 0 means one for each hardware thread.
  explicit thread_pool(std::size_t threads = 0) {
    if (threads == 0) threads = std::thread::hardware_concurrency();
    for (std::size_t i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
  }
  ~thread_pool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      epoch_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  /// Threads, the caller included.
  std::size_t concurrency() const noexcept { return workers_.size() + 1; }

  /// Calls f(0) .. f(n-1), each once, in any order, on any of the threads; returns when all are done.
  template <class Function>
  void parallel_for(std::size_t n, Function&& f) {
    if (workers_.empty() || n < 2) {
      for (std::size_t i = 0; i < n; ++i) f(i);
      return;
    }
    function_ = const_cast<void*>(static_cast<const void*>(&f));
    call_ = [](void* function, std::size_t i) { (*static_cast<std::remove_reference_t<Function>*>(function))(i); };
    count_ = n;
    next_.store(0, std::memory_order_relaxed);
    open_.store(true);
    {
      const std::lock_guard lock(mutex_);
      epoch_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    run_tasks();
    // Whoever comes from now on finds the job closed; only those who came before are waited for, not those whom a busy
    // machine has yet to wake. Sequentially consistent: a worker is counted here, or sees that it is late.
    open_.store(false);
    for (unsigned spins = 0; active_.load() != 0;) pause(spins);
  }

 private:
  void run_tasks() {
    for (std::size_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) call_(function_, i);
  }

  void work() {
    for (std::size_t seen = 0;;) {
      unsigned spins = 0;
      while (epoch_.load(std::memory_order_acquire) == seen && spins < spins_before_sleep) pause(spins);
      if (epoch_.load(std::memory_order_acquire) == seen) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return epoch_.load(std::memory_order_acquire) != seen; });
      }
      seen = epoch_.load(std::memory_order_acquire);
      if (stopping_) return;
      active_.fetch_add(1);
      if (open_.load()) run_tasks();
      active_.fetch_sub(1);
    }
  }

  // Spins; every now and then gives the core away, for machines with fewer cores than threads.
  static void pause(unsigned& spins) {
    if (++spins % 64 == 0) {
      std::this_thread::yield();
      return;
    }
#if DISTILBERT_X86_64
    _mm_pause();
#elif DISTILBERT_AARCH64 && defined(__GNUC__)
    asm volatile("yield");
#endif
  }

  static constexpr unsigned spins_before_sleep = 4096;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<std::size_t> epoch_{0};
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> open_{false};       // whether workers may take tasks
  std::atomic<std::size_t> active_{0};  // workers that may be taking them
  std::atomic<bool> stopping_{false};
  std::size_t count_ = 0;
  void* function_ = nullptr;
  void (*call_)(void*, std::size_t) = nullptr;
  std::vector<std::thread> workers_;  // last, so that all else is there before they start
};

}  // namespace distilbert
