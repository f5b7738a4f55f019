#pragma once
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/kernels/dispatch.hpp"

namespace kernels = distilbert::kernels;
using kernels::isize;
using kernels::kernel_table;

#ifdef DISTILBERT_EMULATED_AVX512
const kernel_table& emulated_avx512();
#endif

// Calls f(table) for every variant that this machine runs, and names it in messages. DISTILBERT_EMULATE asks for
// emulated ones even where the machine has the instructions.
template <class Function>
void for_each_variant(Function f) {
  const auto named = [&](const kernel_table& table) {
    INFO("variant ", doctest::String(table.name));
    f(table);
  };
  kernels::for_each_runnable(named);
#ifdef DISTILBERT_EMULATED_AVX512
  const bool wanted = kernels::find_kernels("avx512") == nullptr || std::getenv("DISTILBERT_EMULATE") != nullptr;
  if (wanted && kernels::find_kernels("avx2") != nullptr) named(emulated_avx512());
#endif
}

// Whether a variant's fma rounds once: then its results are promised to the bit.
inline bool is_fused([[maybe_unused]] const kernel_table& table) {
#if DISTILBERT_X86_64 && !defined(__FMA__)
  return std::string_view(table.name) != "baseline";
#else
  return true;
#endif
}

inline std::vector<float> random_floats(isize count, unsigned seed, float low = -1, float high = 1) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = uniform(engine);
  return values;
}

inline std::vector<double> widen(const std::vector<float>& values) { return {values.begin(), values.end()}; }

inline std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }

// By its bits: the tests are also built with -ffast-math, which lets std::isnan be false.
inline bool is_nan(float x) { return (bits_of(x) & 0x7FFFFFFFU) > 0x7F800000U; }
