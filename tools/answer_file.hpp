#pragma once
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "answer_sink.hpp"
#include "distilbert/core/result.hpp"

namespace tool {

/// A file of answers. It grows as NAME.part and gets its name when it is complete; NAME.resume beside it says how far
/// it has come, so that another run can go on from there. A pipe or device is written as it is.
///
/// Packed with gzip where the name ends in .gz: in members of a megabyte of answers each, cut where only the answers
/// decide, so that a run that goes on writes the same bytes as one that was never stopped.
class answer_file : public answer_sink {
 public:
  /// @param run describes all that decides about the answers; one that goes on must have the same.
  /// @param resume go on where an earlier run has stopped, if there was one.
  /// Errors: io_error; invalid_argument, where the earlier run was another.
  static distilbert::result<std::unique_ptr<answer_file>> open(const std::string& name, const std::string& run,
                                                               bool resume);
  ~answer_file() override;

  /// Whether a file of this name is complete already, where `resume` was asked for.
  static bool is_complete(const std::string& name);

  /// How far the earlier run has come.
  const checkpoint& begin() const noexcept { return begin_; }
  /// The file that grows.
  const std::string& growing() const noexcept { return part_; }

  std::optional<std::size_t> block_bytes() const noexcept override;
  distilbert::result<void> write(std::string& block, const std::optional<checkpoint>& at) override;
  distilbert::result<void> complete() override;
  distilbert::result<void> interrupt() override;

 private:
  struct closer {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };
  answer_file(const std::string& name, const std::string& run);
  distilbert::result<void> go_on();
  distilbert::result<void> append(const std::string& bytes);
  distilbert::result<void> save();

  std::string name_, run_, part_, state_;
  bool packed_ = false;
  bool plain_file_ = true;  // no pipe, no device
  checkpoint begin_;
  std::size_t bytes_ = 0;  // written to the file
  std::optional<checkpoint> unsaved_;
  std::chrono::steady_clock::time_point saved_{};
  std::unique_ptr<std::FILE, closer> stream_;
};

}  // namespace tool
