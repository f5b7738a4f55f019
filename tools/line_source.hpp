#pragma once
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "distilbert/core/result.hpp"

namespace tool {

/// The most bytes of one line, or of one CSV row over several: what is longer is no text but a mistake.
inline constexpr std::size_t longest_record = std::size_t{1} << 28;

/// What messages call an input file: its name, or "standard input" for "-".
std::string shown_name(const std::string& file);

/// The lines of a file or of standard input, numbered from 1. Holds a buffer of fixed size, however large the file.
class line_source {
 public:
  /// @param file a path, or "-" for standard input.
  /// Errors: file_not_found, io_error.
  static distilbert::result<line_source> open(const std::string& file);

  /// Reads the next line with its line end, if it has one; a byte order mark at the beginning is dropped.
  /// False at the end. Errors: io_error; invalid_input, for a line beyond longest_record.
  distilbert::result<bool> next(std::string& line);

  /// Whether next() would have to wait for whoever writes to the pipe.
  bool would_wait() const noexcept;

  /// The number of the line that next() gave last.
  std::size_t number() const noexcept { return number_; }
  /// Bytes given so far.
  std::size_t position() const noexcept { return position_; }
  /// How messages name a line: "reviews.jsonl:17".
  std::string place(std::size_t line) const { return name_ + ":" + std::to_string(line); }
  /// An error about a line.
  distilbert::error fault(std::size_t line, const std::string& what) const {
    return {distilbert::errc::invalid_input, place(line) + ": " + what};
  }

 private:
  struct closer {
    void operator()(std::FILE* f) const noexcept;
  };
  bool fill();

  std::unique_ptr<std::FILE, closer> stream_;
  std::string name_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16);
  std::size_t begin_ = 0, end_ = 0, number_ = 0, position_ = 0;
};

}  // namespace tool
