#pragma once
#include <cstddef>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

#include "distilbert/core/config.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace distilbert {

/// Cache line and widest vector: every buffer handed to a kernel starts at a multiple of this many bytes.
inline constexpr std::size_t alignment = 64;

/// Owning array of trivial T, aligned to 64 bytes; 2 MiB and more ask the system for huge pages.
///
/// Move-only. Contents are uninitialised after allocation. Nothing here throws: a failed allocation leaves it empty.
template <class T>
class aligned_buffer {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  aligned_buffer() = default;
  /// Takes the memory; `other` is empty then.
  aligned_buffer(aligned_buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        alignment_(std::exchange(other.alignment_, alignment)) {}
  /// Swaps the memory with `other`.
  aligned_buffer& operator=(aligned_buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(alignment_, other.alignment_);
    return *this;
  }
  ~aligned_buffer() { release(); }

  /// Room for `count` elements, old contents lost. False, and empty, when memory cannot be had.
  [[nodiscard]] bool allocate(std::size_t count) noexcept {
    release();
    if (count == 0) return true;
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) return false;
    const std::size_t bytes = count * sizeof(T);
    const std::size_t wanted = bytes >= huge_page ? huge_page : alignment;
    void* memory = ::operator new (bytes, std::align_val_t{wanted}, std::nothrow);
    if (memory == nullptr) return false;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    // Advice only: streaming packed weights is bound by address translation without it.
    if (wanted == huge_page) (void)::madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);
#endif
    data_ = static_cast<T*>(memory);
    size_ = count;
    alignment_ = wanted;
    return true;
  }

  /// The first element; nullptr when empty.
  T* data() noexcept { return data_; }
  /// The same, read-only.
  const T* data() const noexcept { return data_; }
  /// Elements.
  std::size_t size() const noexcept { return size_; }
  /// Element i, below size().
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  /// The same, read-only.
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }

 private:
  static constexpr std::size_t huge_page = std::size_t{1} << 21;

  void release() noexcept {
    if (data_ != nullptr) ::operator delete (data_, std::align_val_t{alignment_});
    data_ = nullptr;
    size_ = 0;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t alignment_ = alignment;
};

}  // namespace distilbert
