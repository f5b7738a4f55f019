#pragma once
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/content_hash.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/packed_file.hpp"

namespace distilbert {

namespace detail {

// A file that appears under its name when it is whole: until then it has another beside it.
class whole_file {
 public:
  explicit whole_file(const std::filesystem::path& path) : path_(path), partial_(path) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    partial_ += concat({".", static_cast<std::uint64_t>(now), ".partial"});
#if defined(_WIN32)
    stream_ = ::_wfopen(partial_.c_str(), L"wbx");
#else
    stream_ = std::fopen(partial_.c_str(), "wbx");
#endif
    reason_ = stream_ == nullptr ? errno : 0;
  }
  whole_file(const whole_file&) = delete;
  whole_file& operator=(const whole_file&) = delete;
  ~whole_file() {
    if (stream_ == nullptr) return;
    std::fclose(stream_);
    discard();
  }

  void write(const void* bytes, std::size_t count) {
    if (reason_ == 0 && std::fwrite(bytes, 1, count, stream_) != count) reason_ = errno;
  }

  // Gives it its name. Errors: io_error.
  result<void> finish() {
    if (reason_ == 0 && std::fflush(stream_) != 0) reason_ = errno;
#if DISTILBERT_HAS_MMAP
    if (reason_ == 0 && ::fsync(::fileno(stream_)) != 0)
      reason_ = errno;  // else the name may outlive a power cut alone
#endif
    if (stream_ != nullptr && std::fclose(stream_) != 0 && reason_ == 0) reason_ = errno;
    stream_ = nullptr;
    std::error_code failure(reason_, std::generic_category());
    if (!failure) std::filesystem::rename(partial_, path_, failure);
    if (!failure) return {};
    discard();
    return error{errc::io_error, concat({path_.string(), ": cannot be written: ", failure.message()})};
  }

 private:
  void discard() noexcept {
    std::error_code ignored;
    std::filesystem::remove(partial_, ignored);
  }

  std::filesystem::path path_, partial_;
  std::FILE* stream_ = nullptr;
  int reason_ = 0;
};

template <std::size_t size>
bool set_packed_text(char (&field)[size], std::string_view text) noexcept {
  const bool fits = !text.empty() && text.size() < size && text.find('\0') == std::string_view::npos;
  if (fits) std::memcpy(field, text.data(), text.size());
  return fits;
}
}  // namespace detail

/// Writes a packed file of these sections, their hashes computed here. The same sections give the same bytes. Whoever
/// reads `path` meanwhile sees what was there before.
///
/// Errors: io_error; invalid_argument for a name that is empty or longer than its field.
[[gnu::cold]] inline result<void> write_packed(const std::filesystem::path& path, const packed_origin& origin,
                                               std::span<const packed_section> sections) {
  const auto unfit = [&](std::string_view field, std::string_view name) {
    return error{errc::invalid_argument,
                 detail::concat({path.string(), ": ", field, ": expected a name that fits, found \"", name, "\""})};
  };
  detail::packed_header header = {};
  std::memcpy(header.magic, header.magic_bytes, sizeof header.magic);
  header.byte_order = header.order;
  header.version = header.current_version;
  header.sections = sections.size();
  header.source = origin.source;
  header.panel_order = origin.panel_order;
  header.parameters = origin.parameters;
  header.panel_width = origin.panel_width;
  header.layout = origin.layout;
  if (!detail::set_packed_text(header.kernels, origin.kernels)) return unfit("kernels", origin.kernels);
  (void)detail::set_packed_text(header.weights, to_string(origin.weights));

  std::vector<detail::packed_entry> table(sections.size());
  std::uint64_t end = sizeof header + table.size() * sizeof(detail::packed_entry);
  const std::uint64_t begin = end < header.first_section ? header.first_section : detail::packed_begin(end);
  const std::uint64_t gap = begin - end;
  end = begin;
  for (std::size_t i = 0; i < table.size(); ++i) {
    detail::packed_entry& entry = table[i];
    if (!detail::set_packed_text(entry.name, sections[i].name)) return unfit("section", sections[i].name);
    (void)detail::set_packed_text(entry.type, to_string(sections[i].type));
    entry.begin = end;
    entry.bytes = sections[i].bytes.size();
    entry.hash = content_hash(sections[i].bytes);
    end = detail::packed_begin(end + entry.bytes);
  }
  header.file_bytes = end;
  header.hash = packed_file::head_hash(header, std::as_bytes(std::span(table)));

  detail::whole_file file(path);
  const std::vector<char> zeros(detail::packed_header::first_section);
  file.write(&header, sizeof header);
  file.write(table.data(), table.size() * sizeof(detail::packed_entry));
  file.write(zeros.data(), static_cast<std::size_t>(gap));
  for (const packed_section& section : sections) {
    file.write(section.bytes.data(), section.bytes.size());
    file.write(zeros.data(),
               static_cast<std::size_t>(detail::packed_begin(section.bytes.size())) - section.bytes.size());
  }
  return file.finish();
}

}  // namespace distilbert
