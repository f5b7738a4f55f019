#include "batch_reader.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace tool {

using distilbert::error;
using distilbert::result;

struct batch_reader::shared {
  explicit shared(input_files opened) : files(std::move(opened)) {}

  // Runs on the thread, which keeps the state alive for as long as it waits for input.
  void read() {
    for (bool more = true; more;) {
      record next;
      auto got = files.next(next);
      std::size_t bytes = next.text.size() + next.label.size() + next.object.size();
      for (const std::string& cell : next.cells) bytes += cell.size();
      std::unique_lock lock(mutex);
      more = got.has_value() && *got;
      if (more) {
        room.wait(lock, [&] { return abandoned || (records.size() < batch_texts && waiting_bytes < batch_bytes); });
        records.push_back(std::move(next));
        waiting_bytes += bytes;
        position = files.position();
      } else {
        if (!got) fault = std::move(got).error();
        ended = true;
      }
      more = more && !abandoned;
      arrived.notify_one();
    }
  }

  input_files files;  // the thread's own, once it runs
  std::mutex mutex;
  std::condition_variable arrived, room;
  std::vector<record> records;
  std::size_t waiting_bytes = 0, position = 0;
  std::optional<error> fault;
  bool ended = false, abandoned = false;
};

result<batch_reader> batch_reader::open(const input_options& options) {
  auto files = input_files::open(options);
  if (!files) return std::move(files).error();
  return batch_reader(std::make_shared<shared>(*std::move(files)));
}

batch_reader::~batch_reader() {
  if (!state_) return;
  const std::lock_guard lock(state_->mutex);
  state_->abandoned = true;
  state_->room.notify_one();
}

const std::vector<std::string>& batch_reader::columns() const noexcept { return state_->files.columns(); }

result<bool> batch_reader::skip(std::size_t records, std::uint64_t checksum) {
  record next;
  for (std::size_t i = 0; i < records; ++i) {
    next = {};
    auto more = state_->files.next(next);
    if (!more || !*more) return more;
  }
  return records == 0 || next.checksum == checksum;
}

result<bool> batch_reader::next(std::vector<record>& out) {
  if (!std::exchange(started_, true)) std::thread([state = state_] { state->read(); }).detach();
  out.clear();
  std::unique_lock lock(state_->mutex);
  state_->arrived.wait(lock, [&] { return !state_->records.empty() || state_->ended; });
  out.swap(state_->records);
  state_->waiting_bytes = 0;
  position_ = state_->position;
  if (!out.empty()) {
    state_->room.notify_one();
    return true;
  }
  if (state_->fault) return *std::exchange(state_->fault, {});
  return false;
}

}  // namespace tool
