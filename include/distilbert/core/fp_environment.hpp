#pragma once
#include <cstdint>

#include "distilbert/core/config.hpp"

#if DISTILBERT_X86_64
#include <xmmintrin.h>
#endif

namespace distilbert {

/// Gives the calling thread IEEE 754's default arithmetic for a while: round to nearest even, subnormals kept,
/// no traps. Hosts such as games and audio engines flush subnormals to zero; the same bits must come out there.
///
/// The constructor saves the thread's control register, the destructor restores it. A few cycles each.
class fp_environment {
 public:
  fp_environment() noexcept : saved_(read()) {
    if (saved_ != standard) write(standard);
  }
  ~fp_environment() {
    if (saved_ != standard) write(saved_);
  }
  fp_environment(const fp_environment&) = delete;
  fp_environment& operator=(const fp_environment&) = delete;

 private:
#if DISTILBERT_X86_64
  using control = unsigned;
  static constexpr control standard = 0x1F80;  // MXCSR: all exceptions masked, nearest, no FTZ, no DAZ
  // The six low bits are sticky flags that arithmetic raises; they are not part of the environment.
  static control read() noexcept { return _mm_getcsr() & ~0x3FU; }
  static void write(control value) noexcept { _mm_setcsr(value); }
#elif DISTILBERT_AARCH64 && (defined(__GNUC__) || defined(__clang__))
  using control = std::uint64_t;
  static constexpr control standard = 0;  // FPCR: no FZ, no FZ16, no DN, nearest, no traps
  static control read() noexcept {
    control value;
    asm volatile("mrs %0, fpcr" : "=r"(value)::"memory");
    return value;
  }
  static void write(control value) noexcept { asm volatile("msr fpcr, %0" ::"r"(value) : "memory"); }
#else
  using control = unsigned;  // WebAssembly has nothing but the default
  static constexpr control standard = 0;
  static control read() noexcept { return standard; }
  static void write(control) noexcept {}
#endif
  control saved_;
};

}  // namespace distilbert
