#pragma once
// The kernels of int8 weights for every instruction set, beside the variants of kernels/dispatch.hpp. What differs
// between them is one operation, dot4(): the integers and the order of the roundings after them are the same.

#include "distilbert/core/config.hpp"
#if DISTILBERT_X86_64
#include <cpuid.h>
#endif
#if DISTILBERT_X86_64 && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#elif DISTILBERT_AARCH64 && defined(__linux__)
#include <sys/auxv.h>
#endif

#include <string_view>

#include "distilbert/kernels/avx2.hpp"
#include "distilbert/kernels/avx512.hpp"
#include "distilbert/kernels/baseline.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "distilbert/kernels/int8_table.hpp"

#if defined(__clang__)
#define DISTILBERT_I8MM "i8mm"
#else
#define DISTILBERT_I8MM "arch=armv8.2-a+i8mm"
#endif

#if DISTILBERT_X86_64
DISTILBERT_SPAN_BEGIN("avx2,fma,f16c")
namespace distilbert::kernels::avx2::by_maddubs {
#include "distilbert/simd/dot_avx2.inl"

#include "distilbert/kernels/int8_tile.inl"

#include "distilbert/kernels/int8_gemm.inl"
}  // namespace distilbert::kernels::avx2::by_maddubs
DISTILBERT_SPAN_END

DISTILBERT_SPAN_BEGIN("avx2,fma,f16c,avxvnni")
namespace distilbert::kernels::avx2::by_vnni {
#include "distilbert/simd/dot_avxvnni.inl"

#include "distilbert/kernels/int8_tile.inl"

#include "distilbert/kernels/int8_gemm.inl"
}  // namespace distilbert::kernels::avx2::by_vnni
DISTILBERT_SPAN_END

DISTILBERT_SPAN_BEGIN("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl")
namespace distilbert::kernels::avx512::by_maddubs {
#include "distilbert/simd/dot_avx512.inl"

#include "distilbert/kernels/int8_tile.inl"

#include "distilbert/kernels/int8_gemm.inl"
}  // namespace distilbert::kernels::avx512::by_maddubs
DISTILBERT_SPAN_END

DISTILBERT_SPAN_BEGIN("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
namespace distilbert::kernels::avx512::by_vnni {
#include "distilbert/simd/dot_avx512vnni.inl"

#include "distilbert/kernels/int8_tile.inl"

#include "distilbert/kernels/int8_gemm.inl"
}  // namespace distilbert::kernels::avx512::by_vnni
DISTILBERT_SPAN_END

DISTILBERT_SPAN_BEGIN("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,amx-tile,amx-int8")
namespace distilbert::kernels::avx512::by_amx {
#include "distilbert/kernels/int8_tile_amx.inl"

#include "distilbert/kernels/int8_gemm.inl"
}  // namespace distilbert::kernels::avx512::by_amx
DISTILBERT_SPAN_END
#endif

DISTILBERT_SPAN_MATH_BEGIN
namespace distilbert::kernels {
inline namespace DISTILBERT_BASELINE {
namespace baseline {
namespace by_words {
#include "distilbert/simd/dot_baseline.inl"

#include "distilbert/kernels/int8_tile.inl"

#include "distilbert/kernels/int8_gemm.inl"
}  // namespace by_words
}  // namespace baseline
}  // namespace DISTILBERT_BASELINE
}  // namespace distilbert::kernels
DISTILBERT_SPAN_MATH_END

#if DISTILBERT_AARCH64
DISTILBERT_SPAN_BEGIN(DISTILBERT_I8MM)
namespace distilbert::kernels {
inline namespace DISTILBERT_BASELINE {
namespace baseline {
namespace by_i8mm {
#include "distilbert/simd/dot_i8mm.inl"

#include "distilbert/kernels/int8_tile.inl"

#include "distilbert/kernels/int8_gemm.inl"
}  // namespace by_i8mm
}  // namespace baseline
}  // namespace DISTILBERT_BASELINE
}  // namespace distilbert::kernels
DISTILBERT_SPAN_END
#endif

namespace distilbert::kernels {
inline namespace DISTILBERT_BASELINE {

#if DISTILBERT_AARCH64
inline bool has_i8mm() noexcept {
#if defined(__linux__)
  return (::getauxval(AT_HWCAP2) >> 13 & 1U) != 0;  // HWCAP2_I8MM
#else
  return false;
#endif
}
#endif

#if DISTILBERT_X86_64
// g++ 12 and clang 14 know no name for it in __builtin_cpu_supports; its registers are AVX2's.
/// Whether the machine has AVX-VNNI; read from cpuid.
inline bool has_avxvnni() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 4 & 1U) != 0;
}

// Whether the processor has AMX for bytes, and Linux lets this process use its registers: it must be asked to.
/// Whether the machine has AMX's int8 tiles and the system lets them be used.
inline bool has_amx() noexcept {
#if defined(__linux__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned tiles_and_bytes = 3U << 24;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & tiles_and_bytes) != tiles_and_bytes) return false;
  constexpr long request_permission = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return ::syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
  return false;
#endif
}
#endif

/// Calls f(table) for each set of int8 kernels that this machine can run, the baseline first, the best last. With
/// `name`, for those alone that use no more than the instruction set of this name, such as "avx2".
template <class Function>
void for_each_runnable_int8(Function&& f, [[maybe_unused]] std::string_view name = {}) {
  f(baseline::by_words::int8);
#if DISTILBERT_X86_64
  const auto wanted = [&](const char* set) { return (name.empty() || name == set) && find_kernels(set) != nullptr; };
  if (wanted("avx2")) {
    f(avx2::by_maddubs::int8);
    if (has_avxvnni()) f(avx2::by_vnni::int8);
  }
  if (wanted("avx512")) {
    f(avx512::by_maddubs::int8);
    if (__builtin_cpu_supports("avx512vnni")) f(avx512::by_vnni::int8);
    if (has_amx()) f(avx512::by_amx::int8);
  }
#elif DISTILBERT_AARCH64
  if (has_i8mm()) f(baseline::by_i8mm::int8);
#endif
}

/// The best int8 kernels that go with those of this name; the baseline's where it is none of ours.
inline const int8_table& int8_kernels(std::string_view name) noexcept {
  const int8_table* best = nullptr;
  for_each_runnable_int8([&](const int8_table& table) { best = &table; }, name);
  return *best;
}

}  // namespace DISTILBERT_BASELINE
}  // namespace distilbert::kernels
