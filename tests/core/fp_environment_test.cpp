#include "distilbert/core/fp_environment.hpp"

#include <limits>

#include <doctest/doctest.h>

using distilbert::fp_environment;

namespace {

// Read anew each time, so that the arithmetic happens at run time, in the environment of the moment.
volatile float smallest = std::numeric_limits<float>::min();
volatile float one = 1.0F, tiny = 0x1p-25F, half = 0.5F;

#if DISTILBERT_X86_64
// Sets flush-to-zero, subnormals-are-zero and rounding upwards, as a hostile host might.
struct hostile_host {
  unsigned saved = _mm_getcsr();
  hostile_host() { _mm_setcsr(saved | 0x8040U | 0x4000U); }
  ~hostile_host() { _mm_setcsr(saved); }
};
#elif DISTILBERT_AARCH64
struct hostile_host {
  std::uint64_t saved = 0;
  hostile_host() {
    asm volatile("mrs %0, fpcr" : "=r"(saved));
    asm volatile("msr fpcr, %0" ::"r"(saved | (1ULL << 24) | (1ULL << 22)));
  }
  ~hostile_host() { asm volatile("msr fpcr, %0" ::"r"(saved)); }
};
#endif

}  // namespace

#if DISTILBERT_X86_64 || DISTILBERT_AARCH64
TEST_CASE("subnormals are kept and rounding is to nearest, whatever the host has set") {
  const hostile_host host;
  CHECK(smallest * half == 0.0F);
  CHECK(one + tiny > 1.0F);
  {
    const fp_environment ieee;
    const float subnormal = smallest * half, sum = one + tiny;
    CHECK(subnormal > 0.0F);
    CHECK(sum == 1.0F);
  }
  CHECK(smallest * half == 0.0F);
  CHECK(one + tiny > 1.0F);
}
#endif

TEST_CASE("in the default environment nothing changes") {
  const fp_environment ieee;
  CHECK(one + tiny == 1.0F);
}
