#pragma once
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"

#if defined(__unix__) || defined(__APPLE__)
#define DISTILBERT_HAS_MMAP 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#define DISTILBERT_HAS_MMAP 0
#endif

namespace distilbert {

namespace detail {
/// A file of a directory. Out of line: the compiler takes long over std::filesystem's temporaries.
[[gnu::noinline, gnu::cold]] inline std::filesystem::path child(const std::filesystem::path& directory,
                                                                std::string_view name) {
  return directory / name;
}
}  // namespace detail

/// How a file's bytes are brought in.
enum class file_access {
  map,   ///< mapped read-only where the system can, read otherwise; a file that shrinks later takes the process with it
  copy,  ///< read into memory: what happens to the file later does not matter
};

/// The bytes of a whole file, read-only. Move-only; the bytes live as long as the object.
class mapped_file {
 public:
  mapped_file() = default;
  /// Takes the bytes; `other` is empty then.
  mapped_file(mapped_file&& other) noexcept
      : copy_(std::move(other.copy_)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        mapped_(std::exchange(other.mapped_, false)) {}
  /// Swaps the bytes with `other`.
  mapped_file& operator=(mapped_file&& other) noexcept {
    std::swap(copy_, other.copy_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~mapped_file() {
#if DISTILBERT_HAS_MMAP
    if (mapped_) ::munmap(const_cast<std::byte*>(data_), size_);
#endif
  }

  /// Opens `path`. Errors: file_not_found; io_error (a directory, no permission, a failed read); out_of_memory.
  [[gnu::cold]] static result<mapped_file> open(const std::filesystem::path& path,
                                                file_access access = file_access::map) {
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (!std::filesystem::exists(status))
      return error{errc::file_not_found, detail::concat({path.string(), ": no such file"})};
    if (std::filesystem::is_directory(status))
      return error{errc::io_error, detail::concat({path.string(), ": expected a file, found a directory"})};
#if DISTILBERT_HAS_MMAP
    if (access == file_access::map && std::filesystem::is_regular_file(status)) {
      mapped_file file;
      if (file.map(path)) return file;
    }
#else
    (void)access;
#endif
    return read(path);
  }

  /// All bytes of the file.
  std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }
  /// The same as characters.
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }
  /// Whether the bytes are the file's own pages rather than a copy.
  bool is_mapped() const noexcept { return mapped_; }

  /// Says that this part, of the file's bytes, is not needed for now: its whole pages no longer count as the
  /// process's own. They come back when they are read. Nothing where the file is not mapped.
  void release([[maybe_unused]] std::span<const std::byte> part) const noexcept {
#if DISTILBERT_HAS_MMAP
    if (!mapped_) return;
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto begin =
        static_cast<std::size_t>(part.data() - data_ + static_cast<std::ptrdiff_t>(page) - 1) / page * page;
    const auto end =
        static_cast<std::size_t>(part.data() - data_ + static_cast<std::ptrdiff_t>(part.size())) / page * page;
    if (begin < end) (void)::madvise(const_cast<std::byte*>(data_) + begin, end - begin, MADV_DONTNEED);
#endif
  }

 private:
#if DISTILBERT_HAS_MMAP
  [[gnu::cold]] bool map(const std::filesystem::path& path) noexcept {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    struct stat info {};
    if (::fstat(descriptor, &info) == 0 && info.st_size > 0) {
      void* address = ::mmap(nullptr, static_cast<std::size_t>(info.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
      if (address != MAP_FAILED) {
        data_ = static_cast<const std::byte*>(address);
        size_ = static_cast<std::size_t>(info.st_size);
        mapped_ = true;
      }
    }
    ::close(descriptor);
    return mapped_;
  }
#endif

  // Grows as it reads, so that pipes and files under /proc, whose size is unknown, can be read as well.
  [[gnu::cold]] static result<mapped_file> read(const std::filesystem::path& path) {
#if defined(_WIN32)
    std::FILE* stream = ::_wfopen(path.c_str(), L"rb");
#else
    std::FILE* stream = std::fopen(path.c_str(), "rb");
#endif
    if (stream == nullptr) return system_error(path, "cannot be opened");
    std::error_code unknown_size;
    const auto hint = std::filesystem::file_size(path, unknown_size);
    aligned_buffer<std::byte> buffer;
    std::size_t used = 0;
    bool in_memory = buffer.allocate((unknown_size ? 0 : static_cast<std::size_t>(hint)) + 1);
    while (in_memory) {
      const std::size_t got = std::fread(buffer.data() + used, 1, buffer.size() - used, stream);
      used += got;
      if (got == 0) break;
      if (used < buffer.size()) continue;
      aligned_buffer<std::byte> larger;
      in_memory = larger.allocate(buffer.size() * 2);
      if (in_memory) std::memcpy(larger.data(), buffer.data(), used);
      buffer = std::move(larger);
    }
    const bool failed = std::ferror(stream) != 0;
    const int reason = errno;
    std::fclose(stream);
    if (!in_memory) return error{errc::out_of_memory, detail::concat({path.string(), ": no memory for its contents"})};
    if (failed) return errno = reason, system_error(path, "cannot be read");
    mapped_file file;
    file.copy_ = std::move(buffer);
    file.data_ = file.copy_.data();
    file.size_ = used;
    return file;
  }

  [[gnu::cold]] static error system_error(const std::filesystem::path& path, const char* what) {
    return {errc::io_error, detail::concat({path.string(), ": ", what, ": ", std::generic_category().message(errno)})};
  }

  aligned_buffer<std::byte> copy_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  bool mapped_ = false;
};

}  // namespace distilbert
