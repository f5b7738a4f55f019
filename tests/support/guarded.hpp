#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <vector>

// An array whose last element is followed by a page that nobody may touch: one byte too far ends the test.
template <class T>
class guarded {
 public:
  explicit guarded(std::size_t count) : size_(count) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t pages = (count * sizeof(T) + page - 1) / page;
    bytes_ = (pages + 1) * page;
    void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || ::mprotect(static_cast<char*>(memory) + pages * page, page, PROT_NONE) != 0)
      std::abort();
    base_ = memory;
    data_ = reinterpret_cast<T*>(static_cast<char*>(memory) + pages * page) - count;
  }
  explicit guarded(const std::vector<T>& values) : guarded(values.size()) {
    for (std::size_t i = 0; i < size_; ++i) data_[i] = values[i];
  }
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;
  ~guarded() { ::munmap(base_, bytes_); }

  T* data() noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  std::span<T> span() noexcept { return {data_, size_}; }

 private:
  void* base_ = nullptr;
  std::size_t bytes_ = 0;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};
