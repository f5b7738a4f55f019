#pragma once
// The kernels of f16 and bf16 weights beside those of each instruction set.

#include <string_view>

#include "distilbert/kernels/avx2.hpp"
#include "distilbert/kernels/avx512.hpp"
#include "distilbert/kernels/baseline.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "distilbert/kernels/half_table.hpp"

namespace distilbert::kernels {
inline namespace DISTILBERT_BASELINE {

/// The kernels of `format`, f16 or bf16, that go with those of this name; the baseline's where it is none of ours.
template <weight_format format>
const half_table& half_kernels(std::string_view name) noexcept {
#if DISTILBERT_X86_64
  if (name == avx512::variant_name && find_kernels(name) != nullptr) return avx512::half<format>;
  if (name == avx2::variant_name && find_kernels(name) != nullptr) return avx2::half<format>;
#endif
  (void)name;
  return baseline::half<format>;
}

}  // namespace DISTILBERT_BASELINE
}  // namespace distilbert::kernels
