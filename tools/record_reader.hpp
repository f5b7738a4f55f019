#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "distilbert/core/result.hpp"

namespace tool {

enum class input_format { automatic, text, jsonl, csv, tsv };

/// What to take from an input file.
struct input_options {
  std::string file;  ///< "-" for standard input
  input_format format = input_format::automatic;
  std::string text_column = {};               ///< empty: `text`, and in csv and tsv `sentence` where there is no `text`
  std::string label_column = {};              ///< empty: no label is read
  bool keep_columns = false;                  ///< records hold all that the input has
  std::vector<std::string> taken_names = {};  ///< that columns which are kept must not have
  bool keep_faults = false;  ///< what cannot be read becomes a record with a fault; batch_reader heeds it
  std::vector<std::string> more_files = {};  ///< that follow; batch_reader heeds it
};

/// One text of an input.
struct record {
  std::string text;
  std::string label;     ///< as written; a JSON integer in decimal
  std::size_t line = 0;  ///< where it begins, from 1

  std::vector<std::string> cells = {};  ///< all of a table's row, or a line of text, where columns are kept
  std::string object = {};              ///< jsonl: the line, where columns are kept
  std::string fault = {};               ///< why there is no text, where faults are kept; empty otherwise
  std::uint64_t checksum = 0;           ///< of all input up to the end of this record; set by batch_reader
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

  /// Reads the next record. False at the end.
  ///
  /// Errors: invalid_input, whose message names file and line: the next call goes on with the line after it; io_error,
  /// after which nothing more is to be read.
  virtual distilbert::result<bool> next(record& out) = 0;

  /// The names of a record's cells; none where the input is jsonl.
  virtual const std::vector<std::string>& columns() const noexcept {
    static const std::vector<std::string> none;
    return none;
  }
  /// Bytes read so far, for progress.
  virtual std::size_t position() const noexcept = 0;
  /// A checksum of what the records so far were read from.
  virtual std::uint32_t checksum() const noexcept = 0;
};

/// The format that a file's name stands for, .gz at its end or not; text where it stands for none.
input_format format_of(std::string_view file) noexcept;
/// The format that an input is read as.
input_format format_of(const input_options& options) noexcept;

}  // namespace tool
