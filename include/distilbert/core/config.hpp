#pragma once
// Everything the compiler tells us, read once, before any target span: later, `__AVX2__` and its like may change.

#define DISTILBERT_VERSION_MAJOR 0
#define DISTILBERT_VERSION_MINOR 1
#define DISTILBERT_VERSION_PATCH 0
#define DISTILBERT_VERSION_STRING "0.1.0"

#if __cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#error "distilbert needs C++20 (-std=c++20)"
#endif

#if defined(__x86_64__) || defined(_M_X64)
#define DISTILBERT_X86_64 1
#elif defined(__i386__) || defined(_M_IX86)
#error "distilbert keeps the same bits everywhere; x87 arithmetic cannot: build for x86-64"
#else
#define DISTILBERT_X86_64 0
#endif

#if defined(__aarch64__) || defined(_M_ARM64)
#define DISTILBERT_AARCH64 1
#else
#define DISTILBERT_AARCH64 0
#endif

#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "distilbert reads little-endian files in place: big-endian targets are not supported"
#endif

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define DISTILBERT_EXCEPTIONS 1
#else
#define DISTILBERT_EXCEPTIONS 0
#endif

// The baseline kernels are compiled with the unit's own flags, so their namespace is named after these flags:
// units with different flags can then be linked together, each with its own copy.
#if DISTILBERT_X86_64
#if defined(__AVX2__) && defined(__FMA__)
#define DISTILBERT_BASELINE baseline_fma3_avx2
#elif defined(__AVX2__)
#define DISTILBERT_BASELINE baseline_avx2
#elif defined(__AVX__) && defined(__FMA__)
#define DISTILBERT_BASELINE baseline_fma3_avx
#elif defined(__AVX__)
#define DISTILBERT_BASELINE baseline_avx
#elif defined(__SSE4_2__)
#define DISTILBERT_BASELINE baseline_sse4_2
#elif defined(__SSE4_1__)
#define DISTILBERT_BASELINE baseline_sse4_1
#elif defined(__SSSE3__)
#define DISTILBERT_BASELINE baseline_ssse3
#elif defined(__SSE3__)
#define DISTILBERT_BASELINE baseline_sse3
#else
#define DISTILBERT_BASELINE baseline_sse2
#endif
#elif DISTILBERT_AARCH64
#define DISTILBERT_BASELINE baseline_neon
#else
#define DISTILBERT_BASELINE baseline_generic
#endif
