#include "answer_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "distilbert/core/json.hpp"
#include "gzip_member.hpp"

namespace tool {

using distilbert::errc;
using distilbert::error;
using distilbert::result;
namespace fs = std::filesystem;
namespace json = distilbert::json;

namespace {

// How often the state is written anew, at most: a kill costs that much work.
constexpr std::chrono::milliseconds between_saves(50);

error fault(const std::string& file, const std::string& what) { return {errc::io_error, file + ": " + what}; }
error fault(const std::string& file) { return fault(file, std::strerror(errno)); }

}  // namespace

answer_file::answer_file(const std::string& name, const std::string& run)
    : name_(name), run_(run), part_(name + ".part"), state_(name + ".resume"), packed_(name.ends_with(".gz")) {}

answer_file::~answer_file() = default;

bool answer_file::is_complete(const std::string& name) {
  std::error_code unknown;
  return fs::is_regular_file(name, unknown) && !fs::exists(name + ".part", unknown);
}

result<std::unique_ptr<answer_file>> answer_file::open(const std::string& name, const std::string& run, bool resume) {
  std::unique_ptr<answer_file> file(new answer_file(name, run));
  std::error_code unknown;
  if (fs::is_directory(name, unknown)) return fault(name, "expected a file to write, found a directory");
  file->plain_file_ = !fs::exists(name, unknown) || fs::is_regular_file(name, unknown);
  if (!file->plain_file_) {
    if (resume)
      return error{errc::invalid_argument, "--resume: expected --output to be a file, found a pipe or device, " + name};
    file->part_ = name;
  } else if (resume) {
    if (auto done = file->go_on(); !done) return std::move(done).error();
  }
  if (file->plain_file_ && file->begin_.records == 0)
    fs::remove(file->state_, unknown);  // before the file it speaks of
  file->stream_.reset(std::fopen(file->part_.c_str(), file->begin_.records > 0 ? "ab" : "wb"));
  if (!file->stream_) return fault(file->part_);
  return file;
}

// Reads how far the earlier run has come, and cuts off what it wrote beyond.
result<void> answer_file::go_on() {
  std::ifstream stream(state_, std::ios::binary);
  if (!stream) return {};
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  const auto state = json::parse(text, state_);
  if (!state) return state.error();
  const auto number = [&](const char* field) -> std::optional<std::uint64_t> {
    const json::value* value = state->find(field);
    if (value == nullptr || !value->is(json::value::kind::unsigned_integer)) return std::nullopt;
    return value->integer;
  };
  const auto records = number("records"), input = number("input"), bytes = number("bytes");
  const json::value* run = state->find("run");
  if (!records || !input || !bytes || run == nullptr)
    return fault(state_, "expected the state of an earlier run, found something else");
  if (run->string != run_)
    return error{errc::invalid_argument, state_ + ": expected the state of a run with the same options and model, " +
                                             run_ + ", found " + run->string};
  std::error_code failed;
  const auto size = fs::file_size(part_, failed);
  if (failed || size < *bytes)
    return fault(part_, "expected " + std::to_string(*bytes) + " bytes or more, as " + state_ + " says, found " +
                            (failed ? "no such file" : std::to_string(size)));
  fs::resize_file(part_, *bytes, failed);
  if (failed) return fault(part_, failed.message());
  begin_ = {static_cast<std::size_t>(*records), *input, static_cast<std::size_t>(*bytes)};
  bytes_ = begin_.bytes;
  return {};
}

std::optional<std::size_t> answer_file::block_bytes() const noexcept {
  return packed_ ? std::optional(std::size_t{1} << 20) : std::nullopt;
}

result<void> answer_file::append(const std::string& bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream_.get()) != bytes.size() || std::fflush(stream_.get()) != 0)
    return errno == EPIPE ? error{errc::io_error, ""} : fault(part_);
  bytes_ += bytes.size();
  return {};
}

result<void> answer_file::write(std::string& block, const std::optional<checkpoint>& at) {
  if (!block.empty())
    if (auto done = append(packed_ ? gzip_member(block) : block); !done) return done;
  if (!plain_file_ || !at) return {};
  unsaved_ = {at->records, at->input, bytes_};
  return std::chrono::steady_clock::now() - saved_ < between_saves ? result<void>() : save();
}

// Another file that takes the name: whoever is killed here leaves the state before or the one after.
result<void> answer_file::save() {
  if (!unsaved_) return {};
  const checkpoint at = *std::exchange(unsaved_, {});
  saved_ = std::chrono::steady_clock::now();
  const std::string next = state_ + ".new";
  {
    const nlohmann::ordered_json state = {
        {"run", run_}, {"records", at.records}, {"input", at.input}, {"bytes", at.bytes}};
    std::ofstream stream(next, std::ios::binary);
    stream << state.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    stream.flush();
    if (!stream) return fault(next);
  }
  std::error_code failed;
  fs::rename(next, state_, failed);
  if (failed) return fault(state_, failed.message());
  return {};
}

result<void> answer_file::interrupt() { return save(); }

result<void> answer_file::complete() {
  if (packed_ && bytes_ == 0)
    if (auto done = append(gzip_member("")); !done) return done;
  if (std::fclose(stream_.release()) != 0) return fault(part_);
  if (!plain_file_) return {};
  std::error_code failed;
  fs::rename(part_, name_, failed);
  if (failed) return fault(name_, failed.message());
  fs::remove(state_, failed);
  return {};
}

}  // namespace tool
