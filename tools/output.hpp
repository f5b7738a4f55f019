#pragma once
#include <string>

#include "distilbert/core/result.hpp"

namespace tool {

enum class output_format { text, json, jsonl, csv, tsv };

/// Standard output, written in whole lines; a failed write is an error, not a loss.
class output {
 public:
  /// What is to be written; add to it.
  std::string pending;

  /// Writes what is pending. Errors: io_error, such as a full disk. The message is empty where the reader has closed
  /// the pipe: it has what it wanted, and there is nobody to complain to.
  distilbert::result<void> flush();
};

}  // namespace tool
