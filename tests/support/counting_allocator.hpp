#pragma once
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

// Counts every allocation of the test program whose one source file includes this.
inline std::atomic<std::size_t> allocations{0};

#if defined(__GNUC__)
#define NOT_INLINED __attribute__((noinline))  // inlined halves of new and delete look like a mismatch to GCC
#else
#define NOT_INLINED
#endif

NOT_INLINED void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
  std::abort();
}
NOT_INLINED void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  ++allocations;
  const auto a = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(a, (size + a - 1) / a * a);
}
NOT_INLINED void operator delete(void* memory) noexcept { std::free(memory); }
NOT_INLINED void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
NOT_INLINED void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
NOT_INLINED void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
