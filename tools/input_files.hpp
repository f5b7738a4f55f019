#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "distilbert/core/result.hpp"
#include "record_reader.hpp"

namespace tool {

/// The records of an input's files, one file after the other.
class input_files {
 public:
  /// Opens the first file, and sees that the others are there.
  ///
  /// Errors: those of record_reader::open.
  static distilbert::result<input_files> open(const input_options& options);

  /// Reads the next record, or, where faults are kept, why there is none. False at the end of the last file.
  ///
  /// Errors: those of record_reader, but for faults that are kept; invalid_input, for a table whose columns are to be
  /// kept and are not those of the first.
  distilbert::result<bool> next(record& out);

  /// Names of the first file's columns; none where it is no table.
  const std::vector<std::string>& columns() const noexcept { return columns_; }
  /// Bytes of all files read so far.
  std::size_t position() const noexcept { return position_ + reader_->position(); }

 private:
  distilbert::result<void> open_next();

  input_options options_;             // of the file that is read
  std::vector<std::string> waiting_;  // the files after it, the last one first
  std::vector<std::string> columns_;
  std::unique_ptr<record_reader> reader_;
  std::size_t position_ = 0;    // of the files before it
  std::uint64_t checksum_ = 0;  // of them
};

}  // namespace tool
