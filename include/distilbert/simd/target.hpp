#pragma once
// Target spans: code between DISTILBERT_SPAN_BEGIN(features) and DISTILBERT_SPAN_END is compiled for `features`,
// whatever the unit's flags, and keeps IEEE arithmetic whatever -ffast-math says. docs/KERNELS.md has the rules.

#include "distilbert/core/config.hpp"

#if defined(_MSC_VER) && !defined(__clang__)
#define DISTILBERT_INLINE __forceinline
#define DISTILBERT_NOINLINE __declspec(noinline) inline
#define DISTILBERT_PREFETCH(address) ((void)(address))
#else
#define DISTILBERT_INLINE inline __attribute__((always_inline))
// For what several kernels call once a row: a second copy would cost the host compile time and gain nothing.
#define DISTILBERT_NOINLINE __attribute__((noinline)) inline
// To the second cache level: weights are used once, close to when they arrive, and must not evict the activations.
#define DISTILBERT_PREFETCH(address) __builtin_prefetch((address), 0, 2)
#endif

#define DISTILBERT_PRAGMA(text) _Pragma(#text)

// The features of each x86 variant; the run-time test in kernels/dispatch.hpp asks for exactly these.
#define DISTILBERT_AVX2_FEATURES "avx2,fma,f16c"
#define DISTILBERT_AVX512_FEATURES "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"

#if defined(__clang__)
// Operators written on vector types follow float_control; bodies of <immintrin.h> do not, so arithmetic uses operators.
#if defined(__wasm__)  // has no float_control
#define DISTILBERT_SPAN_MATH_BEGIN _Pragma("STDC FP_CONTRACT OFF")
#define DISTILBERT_SPAN_MATH_END
#else
#define DISTILBERT_SPAN_MATH_BEGIN _Pragma("float_control(precise, on, push)") _Pragma("STDC FP_CONTRACT OFF")
#define DISTILBERT_SPAN_MATH_END _Pragma("float_control(pop)")
#endif
#define DISTILBERT_SPAN_BEGIN(features)                                                           \
  DISTILBERT_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function)) \
  DISTILBERT_SPAN_MATH_BEGIN
#define DISTILBERT_SPAN_END DISTILBERT_SPAN_MATH_END DISTILBERT_PRAGMA(clang attribute pop)
#define DISTILBERT_UNROLL DISTILBERT_PRAGMA(clang loop unroll(full))

#elif defined(__GNUC__)
// O3: below it g++ leaves the loops over a tile's accumulators rolled; so a host's debug build keeps full speed too.
// The diagnostics are false positives of g++ 12 on AVX-512 intrinsics.
#define DISTILBERT_SPAN_MATH_BEGIN                                                         \
  _Pragma("GCC push_options") _Pragma("GCC optimize(\"O3,no-fast-math,fp-contract=off\")") \
      _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wuninitialized\"") \
          _Pragma("GCC diagnostic ignored \"-Wmaybe-uninitialized\"")
#define DISTILBERT_SPAN_MATH_END _Pragma("GCC diagnostic pop") _Pragma("GCC pop_options")
#define DISTILBERT_SPAN_BEGIN(features) DISTILBERT_SPAN_MATH_BEGIN DISTILBERT_PRAGMA(GCC target(features))
#define DISTILBERT_SPAN_END DISTILBERT_SPAN_MATH_END
#define DISTILBERT_UNROLL DISTILBERT_PRAGMA(GCC unroll 32)

#else
#define DISTILBERT_SPAN_MATH_BEGIN
#define DISTILBERT_SPAN_MATH_END
#define DISTILBERT_SPAN_BEGIN(features)
#define DISTILBERT_SPAN_END
#define DISTILBERT_UNROLL
#endif
