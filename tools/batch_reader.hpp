#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "distilbert/core/result.hpp"
#include "input_files.hpp"
#include "record_reader.hpp"

namespace tool {

/// Texts that are handled together: enough to fill several passes, however large the file is.
inline constexpr std::size_t batch_texts = 1024;
inline constexpr std::size_t batch_bytes = std::size_t{1} << 20;

/// Reads records on a thread of its own, a batch ahead.
///
/// A batch is what has been read when it is asked for, so nothing that has come waits for what has not: who writes a
/// line into a pipe gets its answer, even when half of the next line has come too.
class batch_reader {
 public:
  /// Errors: those of input_files::open.
  static distilbert::result<batch_reader> open(const input_options& options);
  batch_reader(batch_reader&&) noexcept = default;
  batch_reader& operator=(batch_reader&&) noexcept = default;
  /// Does not wait for a thread that waits for input.
  ~batch_reader();

  /// Names of the columns, where the input is a table.
  const std::vector<std::string>& columns() const noexcept;

  /// Reads this many records and drops them; before the first call of next().
  ///
  /// False where the input ends before, or differs from the one whose `checksum` is given (record::checksum).
  /// Errors: those of input_files::next.
  distilbert::result<bool> skip(std::size_t records, std::uint64_t checksum);

  /// The next records, one at least and `most` at most; waits for one. False at the end.
  ///
  /// Errors: those of input_files::next, once all records before have been given.
  distilbert::result<bool> next(std::vector<record>& out, std::size_t most = batch_texts);

  /// Bytes of the files read, for the records given so far and those that wait.
  std::size_t position() const noexcept { return position_; }

 private:
  struct shared;
  explicit batch_reader(std::shared_ptr<shared> state) : state_(std::move(state)) {}

  std::shared_ptr<shared> state_;
  bool started_ = false;
  std::size_t position_ = 0;
};

}  // namespace tool
