#include "faults/failing_allocator.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> asked{0}, failing{-1}, blocks{0};
std::atomic<bool> for_ever{false}, failed{false};

bool fails() {
  const long n = asked++, at = failing;
  if (at < 0 || n < at || (n > at && !for_ever)) return false;
  return failed = true;
}

void* counted(void* memory) {
  if (memory != nullptr) ++blocks;
  return memory;
}

void freed(void* memory) {
  if (memory == nullptr) return;
  --blocks;
  std::free(memory);
}

}  // namespace

namespace failing_allocator {

void fail_at(long n, bool forever) {
  asked = 0;
  if (n >= 0) failed = false;
  for_ever = forever;
  failing = n;
}
long count() { return asked; }
bool has_failed() { return failed; }
long live() { return blocks; }

}  // namespace failing_allocator

void* operator new(std::size_t size) {
  void* memory = fails() ? nullptr : counted(std::malloc(size != 0 ? size : 1));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return fails() ? nullptr : counted(std::malloc(size != 0 ? size : 1));
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  const auto a = static_cast<std::size_t>(alignment);
  if (fails() || size > std::size_t{1} << 40) return nullptr;
  return counted(std::aligned_alloc(a, (size + a - 1) / a * a));
}
void operator delete(void* memory) noexcept { freed(memory); }
void operator delete(void* memory, std::size_t) noexcept { freed(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { freed(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { freed(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { freed(memory); }
