#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace tool {
namespace {

bool is_terminal() {
#if defined(_WIN32)
  return _isatty(_fileno(stderr)) != 0;
#else
  return ::isatty(STDERR_FILENO) != 0;
#endif
}

}  // namespace

progress::progress(const std::string& file) : shown_(!file.empty() && is_terminal()) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(file, unknown);
  if (!unknown) total_ = static_cast<std::size_t>(size);
}

progress::~progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void progress::update(std::size_t texts, std::size_t bytes) {
  const auto now = clock::now();
  if (!shown_ || now - last_ < std::chrono::milliseconds(200)) return;
  last_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::fputs("\r\033[K", stderr);
  if (total_ > 0) {
    constexpr std::size_t width = 30;
    const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_));
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    const std::string bar = std::string(full, '#') + std::string(width - full, '.');
    std::fprintf(stderr, "[%s] %3.0f %%  ", bar.c_str(), share * 100);
  }
  std::fprintf(stderr, "%zu texts, %.0f a second", texts, static_cast<double>(texts) / seconds);
  std::fflush(stderr);
}

}  // namespace tool
