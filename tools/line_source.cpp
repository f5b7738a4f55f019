#include "line_source.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#if defined(_WIN32)
#include <io.h>
#else
#include <poll.h>
#include <unistd.h>
#endif

namespace tool {

using distilbert::errc;
using distilbert::error;
using distilbert::result;

std::string shown_name(const std::string& file) { return file == "-" ? "standard input" : file; }

void line_source::closer::operator()(std::FILE* f) const noexcept {
  if (f != stdin) std::fclose(f);
}

result<line_source> line_source::open(const std::string& file) {
  line_source source;
  source.name_ = shown_name(file);
  if (file == "-") {
    source.stream_.reset(stdin);
    return source;
  }
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown))
    return error{errc::io_error, file + ": expected a file, found a directory"};
  source.stream_.reset(std::fopen(file.c_str(), "rb"));
  if (!source.stream_)
    return error{errno == ENOENT ? errc::file_not_found : errc::io_error, file + ": " + std::strerror(errno)};
  return source;
}

// Below the stream's own buffer, so that a pipe gives what is there instead of waiting for more. False on a failure.
bool line_source::fill() {
  begin_ = end_ = 0;
#if defined(_WIN32)
  const int count = ::_read(::_fileno(stream_.get()), buffer_.data(), static_cast<unsigned>(buffer_.size()));
#else
  ssize_t count = 0;
  do count = ::read(::fileno(stream_.get()), buffer_.data(), buffer_.size());
  while (count < 0 && errno == EINTR);
#endif
  if (count < 0) return false;
  end_ = static_cast<std::size_t>(count);
  return true;
}

result<bool> line_source::next(std::string& line) {
  line.clear();
  for (bool ended = false; !ended;) {
    if (begin_ == end_ && !fill()) return error{errc::io_error, name_ + ": " + std::strerror(errno)};
    if (begin_ == end_) break;
    const char* from = buffer_.data() + begin_;
    const void* found = std::memchr(from, '\n', end_ - begin_);
    ended = found != nullptr;
    const std::size_t count =
        ended ? static_cast<std::size_t>(static_cast<const char*>(found) - from) + 1 : end_ - begin_;
    if (line.size() + count > longest_record)
      return fault(number_ + 1, "expected a line of at most " + std::to_string(longest_record) + " bytes");
    line.append(from, count);
    begin_ += count;
    position_ += count;
  }
  if (line.empty()) return false;
  if (++number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  return true;
}

bool line_source::would_wait() const noexcept {
  if (std::memchr(buffer_.data() + begin_, '\n', end_ - begin_) != nullptr) return false;
#if defined(_WIN32)
  return false;
#else
  pollfd input = {::fileno(stream_.get()), POLLIN, 0};
  return ::poll(&input, 1, 0) == 0;
#endif
}

}  // namespace tool
