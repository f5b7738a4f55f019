#include "batch_reader.hpp"

#include <condition_variable>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

namespace tool {

using distilbert::error;
using distilbert::result;

namespace {

std::size_t bytes_of(const record& r) {
  std::size_t bytes = r.text.size() + r.label.size() + r.object.size();
  for (const std::string& cell : r.cells) bytes += cell.size();
  return bytes;
}

}  // namespace

struct batch_reader::shared {
  explicit shared(input_files opened) : files(std::move(opened)) {}

  // Runs on the thread, which keeps the state alive for as long as it waits for input.
  void read() {
    for (bool more = true; more;) {
      record next;
      auto got = files.next(next);
      const std::size_t bytes = bytes_of(next);
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

result<bool> batch_reader::next(std::vector<record>& out, std::size_t most) {
  if (!std::exchange(started_, true)) std::thread([state = state_] { state->read(); }).detach();
  out.clear();
  std::unique_lock lock(state_->mutex);
  state_->arrived.wait(lock, [&] { return !state_->records.empty() || state_->ended; });
  out.swap(state_->records);
  position_ = state_->position;
  if (!out.empty()) {
    state_->waiting_bytes = 0;
    if (out.size() > most) {
      const auto rest = out.begin() + static_cast<std::ptrdiff_t>(most);
      state_->records.assign(std::make_move_iterator(rest), std::make_move_iterator(out.end()));
      out.erase(rest, out.end());
      for (const record& waiting : state_->records) state_->waiting_bytes += bytes_of(waiting);
    }
    state_->room.notify_one();
    return true;
  }
  if (state_->fault) return *std::exchange(state_->fault, {});
  return false;
}

}  // namespace tool
