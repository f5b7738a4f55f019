#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "distilbert/core/result.hpp"

namespace tool {

enum class output_format { text, json, jsonl, csv, tsv };

/// Standard output, written in whole pieces; a failed write is an error, not a loss.
class output {
 public:
  void append(std::string_view text) { pending_ += text; }
  /// Writes what has been appended. Errors: io_error (a full disk, a closed pipe).
  distilbert::result<void> flush();

 private:
  std::string pending_;
};

/// A float's value as Python prints it: the shortest decimal that names the same double.
std::string number(float value);
/// A JSON string; ill-formed UTF-8 is replaced by U+FFFD.
std::string quoted(std::string_view text);
/// A field of a CSV line by RFC 4180, or of a TSV line, where tabs and line ends become spaces.
std::string field(std::string_view text, output_format format);
/// Text for a terminal: control characters become spaces.
std::string printable(std::string_view text);

}  // namespace tool
