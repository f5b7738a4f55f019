#pragma once
#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "distilbert/core/result.hpp"

namespace tool {

/// What messages call an input file: its name, or "standard input" for "-".
std::string shown_name(const std::string& file);

/// The bytes of a file or of standard input. What begins as gzip does (1F 8B 08) is unpacked, all members of it,
/// whatever its name; a file whose name ends in .gz has to begin so. Memory is fixed, however large the file.
class byte_source {
 public:
  /// @param file a path, or "-" for standard input.
  /// Errors: file_not_found, io_error.
  static distilbert::result<byte_source> open(const std::string& file);
  byte_source(byte_source&&) noexcept;
  byte_source& operator=(byte_source&&) noexcept;
  ~byte_source();

  /// Reads what is there, at least one byte, waiting for it if need be; 0 at the end.
  /// Errors: io_error, also for gzip data that is damaged or cut short.
  distilbert::result<std::size_t> read(std::span<char> room);

  /// Bytes of the file read so far, packed as they are.
  std::size_t position() const noexcept { return position_; }
  const std::string& name() const noexcept { return name_; }

 private:
  struct closer {
    void operator()(std::FILE* f) const noexcept;
  };
  struct inflater;

  byte_source();
  distilbert::result<std::size_t> read_file(std::span<char> room);
  distilbert::result<void> begin();
  distilbert::result<std::size_t> unpack(std::span<char> room);
  distilbert::error fault(const std::string& what) const;

  std::unique_ptr<std::FILE, closer> stream_;
  std::string name_;
  std::vector<char> first_;  // read to tell gzip from other bytes, before anybody asked for them
  std::size_t given_ = 0;    // of these
  bool begun_ = false;
  std::unique_ptr<inflater> inflater_;  // where the file is gzip
  std::size_t position_ = 0;
};

}  // namespace tool
