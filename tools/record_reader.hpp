#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "distilbert/core/result.hpp"

namespace tool {

enum class input_format { automatic, text, jsonl, csv, tsv };

/// What to take from an input file.
struct input_options {
  std::string file;  ///< "-" for standard input
  input_format format = input_format::automatic;
  std::string text_column = {};   ///< empty: `text`, and in csv and tsv `sentence` where there is no `text`
  std::string label_column = {};  ///< empty: no label is read
};

/// One text of an input.
struct record {
  std::string text;
  std::string label;     ///< as written; a JSON integer in decimal
  std::size_t line = 0;  ///< where it begins, from 1
};

/// Reads an input record by record; never holds more than one.
///
/// text: a record a line, CRLF or LF. jsonl: an object a line; blank lines are passed over. csv: RFC 4180 with a header
/// line; quoted fields may go over lines, blank lines are passed over. tsv: a header line, no quoting; blank lines are
/// passed over, except where the header has one column only. A byte order mark at the beginning is dropped.
class record_reader {
 public:
  /// Errors: file_not_found, io_error; invalid_input where the header has no such column, or labels are asked of text.
  static distilbert::result<std::unique_ptr<record_reader>> open(const input_options& options);
  virtual ~record_reader() = default;

  /// Reads the next record. False at the end; after an error nothing more is to be read.
  ///
  /// Errors: invalid_input, whose message names file and line; io_error.
  virtual distilbert::result<bool> next(record& out) = 0;

  /// Whether next() would have to wait for whoever writes to the pipe.
  virtual bool would_wait() const noexcept = 0;
  /// Bytes read so far, for progress.
  virtual std::size_t position() const noexcept = 0;
};

/// The format that a file's name stands for; text where it stands for none.
input_format format_of(std::string_view file) noexcept;

}  // namespace tool
