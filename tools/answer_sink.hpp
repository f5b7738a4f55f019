#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "distilbert/core/result.hpp"
#include "output.hpp"

namespace tool {

/// How far a run has come.
struct checkpoint {
  std::size_t records = 0;  ///< of the input that are answered
  std::uint64_t input = 0;  ///< record::checksum of the last of them
  std::size_t bytes = 0;    ///< of the file of answers, as it lies on disk
};

/// Where answers go, in blocks of whole lines.
class answer_sink {
 public:
  virtual ~answer_sink() = default;

  /// Bytes from which on a block is handed over, at the end of a record; none: when a batch is answered.
  virtual std::optional<std::size_t> block_bytes() const noexcept { return std::nullopt; }
  /// @param at the records and input of the checkpoint that the block ends with; none where it ends between two.
  /// Errors: io_error. The message is empty where a reader has closed the pipe.
  virtual distilbert::result<void> write(std::string& block, const std::optional<checkpoint>& at) = 0;
  /// After the last block, where the input has come to its end, and where it has not.
  virtual distilbert::result<void> complete() { return {}; }
  virtual distilbert::result<void> interrupt() { return {}; }
};

/// Standard output.
class standard_output : public answer_sink {
 public:
  distilbert::result<void> write(std::string& block, const std::optional<checkpoint>&) override {
    out_.pending.swap(block);
    return out_.flush();
  }

 private:
  output out_;
};

}  // namespace tool
