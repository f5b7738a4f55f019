#pragma once
#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "distilbert/core/fp_environment.hpp"

namespace distilbert {

/// Anything that can run f(0) .. f(n-1), in any order and on any threads, and returns when all are done.
/// concurrency() says how many of them it can run at once. parallel_for may throw, to give a call up, once none of its
/// functions runs any more; what called it then holds no result, and serves the next call.
template <class E>
concept executor = requires(E& e, void (*f)(std::size_t)) {
  e.parallel_for(std::size_t{}, f);
  { e.concurrency() } -> std::convertible_to<std::size_t>;
};

/// A reference to an executor, or to none: then everything runs on the calling thread. Cheap to copy.
class parallel_ref {
 public:
  parallel_ref() = default;
  /// Refers to `e`, which must outlive it; asks for its concurrency once.
  template <executor E>
  requires(!std::same_as<std::remove_cv_t<E>, parallel_ref>) parallel_ref(E& e)
  noexcept  // NOLINT(google-explicit-constructor)
      : executor_(std::addressof(e)),
        concurrency_(e.concurrency()),
        run_([](void* object, std::size_t n, job work) { static_cast<E*>(object)->parallel_for(n, work); }) {}

  /// How many pieces can run at once; 1 without an executor.
  std::size_t concurrency() const noexcept { return concurrency_ == 0 ? 1 : concurrency_; }

  /// Runs f(0) .. f(n-1), each in IEEE 754's default floating-point environment.
  template <class Function>
  void operator()(std::size_t n, Function&& f) const {
    const auto task = [](void* function, std::size_t i) {
      const fp_environment ieee;
      (*static_cast<std::remove_reference_t<Function>*>(function))(i);
    };
    if (run_ != nullptr && n > 1) {
      run_(executor_, n, {const_cast<void*>(static_cast<const void*>(std::addressof(f))), task});
    } else {
      const fp_environment ieee;
      for (std::size_t i = 0; i < n; ++i) f(i);
    }
  }

 private:
  struct job {
    void* function;
    void (*task)(void*, std::size_t);
    void operator()(std::size_t i) const { task(function, i); }
  };
  void* executor_ = nullptr;
  std::size_t concurrency_ = 1;
  void (*run_)(void*, std::size_t, job) = nullptr;
};

}  // namespace distilbert
