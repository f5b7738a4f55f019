#pragma once
// The kernels compiled once for a whole program, for those who include this library in many units. Where all of them
// are compiled with -DDISTILBERT_KERNELS_ELSEWHERE, one more unit includes this file and no other of ours. Its flags
// are those of the baseline.

#undef DISTILBERT_KERNELS_ELSEWHERE
#include "distilbert/kernels/dispatch.hpp"

namespace distilbert::kernels {

/// The tables of this unit, for those that only declare them.
const kernel_table* const* compiled_kernels() noexcept {
  static const struct runnable {
    const kernel_table* tables[8] = {};
    int count = 0;
    runnable() noexcept {
      for_each_runnable([this](const kernel_table& table) { tables[count++] = &table; });
    }
  } found;
  return found.tables;
}

}  // namespace distilbert::kernels
