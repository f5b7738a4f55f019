#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "byte_source.hpp"
#include "distilbert/core/result.hpp"

namespace tool {

/// The most bytes of one line, or of one CSV row over several: what is longer is no text but a mistake.
inline constexpr std::size_t longest_record = std::size_t{1} << 28;

/// The lines of a file or of standard input, numbered from 1. Holds a buffer of fixed size, however large the file.
class line_source {
 public:
  /// See byte_source::open.
  static distilbert::result<line_source> open(const std::string& file);

  /// Reads the next line with its line end, if it has one; a byte order mark at the beginning is dropped.
  /// False at the end. Errors: those of byte_source::read; invalid_input, for a line beyond longest_record, after
  /// which the next call gives the line after it.
  distilbert::result<bool> next(std::string& line);

  /// The number of the line that next() gave last.
  std::size_t number() const noexcept { return number_; }
  /// Bytes of the file read so far; of a packed one, packed.
  std::size_t position() const noexcept { return bytes_.position(); }
  /// A checksum of all lines given so far.
  std::uint32_t checksum() const noexcept { return checksum_; }
  /// How messages name a line: "reviews.jsonl:17".
  std::string place(std::size_t line) const { return bytes_.name() + ":" + std::to_string(line); }
  /// An error about a line.
  distilbert::error fault(std::size_t line, const std::string& what) const {
    return {distilbert::errc::invalid_input, place(line) + ": " + what};
  }

 private:
  explicit line_source(byte_source bytes) : bytes_(std::move(bytes)) {}

  byte_source bytes_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16);
  std::size_t begin_ = 0, end_ = 0, number_ = 0;
  std::uint32_t checksum_ = 0;
};

}  // namespace tool
