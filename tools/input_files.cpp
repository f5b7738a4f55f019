#include "input_files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "byte_source.hpp"

namespace tool {

using distilbert::errc;
using distilbert::error;
using distilbert::result;

namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "\"" : ", \"").append(name).append("\"");
  return text;
}

}  // namespace

result<input_files> input_files::open(const input_options& options) {
  input_files files;
  files.options_ = options;
  std::error_code unknown;
  for (const std::string& file : options.more_files)  // now, not after hours
    if (file != "-" && !std::filesystem::exists(file, unknown))
      return error{errc::file_not_found, file + ": " + std::strerror(ENOENT)};
  files.waiting_.assign(options.more_files.rbegin(), options.more_files.rend());
  if (auto opened = files.open_next(); !opened) return std::move(opened).error();
  files.columns_ = files.reader_->columns();
  return files;
}

result<void> input_files::open_next() {
  auto reader = record_reader::open(options_);
  if (!reader) return std::move(reader).error();
  if (reader_) {
    position_ += reader_->position();
    checksum_ = (checksum_ + reader_->checksum()) * 0x9E3779B97F4A7C15U;
  }
  reader_ = *std::move(reader);
  return {};
}

result<bool> input_files::next(record& out) {
  for (;;) {
    auto more = reader_->next(out);
    out.checksum = checksum_ + reader_->checksum();
    if (!more && options_.keep_faults && more.error().code == errc::invalid_input) {
      out.fault = std::move(more).error().message;
      return true;
    }
    if (!more || *more || waiting_.empty()) return more;
    options_.file = std::exchange(waiting_.back(), {});
    waiting_.pop_back();
    if (auto opened = open_next(); !opened) return std::move(opened).error();
    if (options_.keep_columns && reader_->columns() != columns_)
      return error{errc::invalid_input, shown_name(options_.file) + ": header: expected the first file's columns, " +
                                            listed(columns_) + ", found " + listed(reader_->columns())};
  }
}

}  // namespace tool
