#include "answer_stream.hpp"

#include <utility>

namespace tool {

using distilbert::result;

namespace {

constexpr std::size_t most_waiting = 2;

}  // namespace

answer_stream::answer_stream(std::unique_ptr<answer_sink> sink, const checkpoint& begin)
    : sink_(std::move(sink)), block_bytes_(sink_->block_bytes()), reached_(begin), thread_([this] { run(); }) {}

answer_stream::~answer_stream() { (void)finish(false); }

void answer_stream::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    block next = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    if (fault_) continue;
    lock.unlock();
    auto written = sink_->write(next.lines, next.at);
    lock.lock();
    if (!written) fault_ = std::move(written).error();
  }
}

void answer_stream::hand_over(std::optional<checkpoint> at) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() < most_waiting; });
  waiting_.push_back({std::exchange(pending, {}), at});
  changed_.notify_all();
}

void answer_stream::end_record(std::uint64_t checksum) {
  ++reached_.records;
  reached_.input = checksum;
  if (block_bytes_ && pending.size() >= *block_bytes_) hand_over(reached_);
}

result<void> answer_stream::flush() {
  if (!block_bytes_) hand_over(reached_);
  const std::lock_guard lock(mutex_);
  if (fault_) return *fault_;
  return {};
}

result<void> answer_stream::finish(bool complete) {
  if (!thread_.joinable()) return {};
  if (!pending.empty()) hand_over(std::nullopt);  // a block that ends early is none to go on from
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  thread_.join();
  if (fault_) return *std::exchange(fault_, {});
  return complete ? sink_->complete() : sink_->interrupt();
}

}  // namespace tool
