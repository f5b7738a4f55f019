#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "answer_sink.hpp"
#include "distilbert/core/result.hpp"

namespace tool {

/// Answers on their way to a sink, which is written to on a thread of its own, a block or two behind.
class answer_stream {
 public:
  /// @param begin how far an earlier run had come.
  answer_stream(std::unique_ptr<answer_sink> sink, const checkpoint& begin);
  answer_stream(const answer_stream&) = delete;
  answer_stream& operator=(const answer_stream&) = delete;
  ~answer_stream();

  /// What is to be written; add a record's lines to it, then call end_record().
  std::string pending;

  /// A record of the input is answered, or passed over.
  void end_record(std::uint64_t checksum);
  /// A batch is answered: hands over what is pending. Errors: those of the sink, also of earlier blocks.
  distilbert::result<void> flush();
  /// Waits until all is written. @param complete whether the input is at its end.
  distilbert::result<void> finish(bool complete);

 private:
  struct block {
    std::string lines;
    std::optional<checkpoint> at;
  };
  void run();
  void hand_over(std::optional<checkpoint> at);

  std::unique_ptr<answer_sink> sink_;
  std::optional<std::size_t> block_bytes_;
  checkpoint reached_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<block> waiting_;
  bool closed_ = false;
  std::optional<distilbert::error> fault_;
  std::thread thread_;  // last, so that all else is there before it starts
};

}  // namespace tool
