#pragma once
#include <string_view>

#include "distilbert/core/config.hpp"
#if defined(DISTILBERT_KERNELS_ELSEWHERE)
#include "distilbert/kernels/kernel_table.hpp"
#else
#if DISTILBERT_X86_64
#include <cpuid.h>
#endif

#include "distilbert/kernels/avx2.hpp"
#include "distilbert/kernels/avx512.hpp"
#include "distilbert/kernels/baseline.hpp"
#endif

// In the baseline's namespace, since they return the unit's own baseline.
namespace distilbert::kernels {

/// The kernels of kernels/compiled.hpp's unit that this machine can run, the best last, then nullptr.
const kernel_table* const* compiled_kernels() noexcept;

inline namespace DISTILBERT_BASELINE {

#if defined(DISTILBERT_KERNELS_ELSEWHERE)
template <class Function>
void for_each_runnable(Function&& f) {
  for (const kernel_table* const* table = compiled_kernels(); *table != nullptr; ++table) f(**table);
}
#else
#if DISTILBERT_X86_64
/// Whether the machine converts f16; read from cpuid.
// Clang 14's __builtin_cpu_supports does not know f16c; its registers are AVX's, which the builtin asks the system for.
inline bool has_f16c() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c >> 29 & 1U) != 0;
}
#endif

/// Calls f(table) for each instruction set that this machine can run, the baseline first, the best last.
/// The machine is asked by cpuid, operating-system support included.
template <class Function>
void for_each_runnable(Function&& f) {
  f(baseline::table);
#if DISTILBERT_X86_64
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c()) {
    f(avx2::table);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
      f(avx512::table);
  }
#endif
}
#endif

/// The fastest kernels of this machine.
inline const kernel_table& best_kernels() noexcept {
  const kernel_table* best = nullptr;
  for_each_runnable([&](const kernel_table& table) { best = &table; });
  return *best;
}

/// The kernels of this name; nullptr when there are none, or this machine cannot run them.
inline const kernel_table* find_kernels(std::string_view name) noexcept {
  const kernel_table* found = nullptr;
  for_each_runnable([&](const kernel_table& table) {
    if (name == table.name) found = &table;
  });
  return found;
}

}  // namespace DISTILBERT_BASELINE
}  // namespace distilbert::kernels
