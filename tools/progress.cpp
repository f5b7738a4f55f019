#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "terminal.hpp"

namespace tool {

progress::progress(const std::string& file, bool answers_follow)
    : shown_(is_terminal(stderr) && !(answers_follow && is_terminal(stdout))) {
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
  std::fprintf(stderr, "\r\033[K%s", progress_line(texts, bytes, total_, seconds).c_str());
  std::fflush(stderr);
}

std::string progress_line(std::size_t texts, std::size_t bytes, std::size_t total, double seconds) {
  constexpr std::size_t width = 30;
  char share[16], counts[64];
  std::string line;
  if (total > 0) {
    const double done = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total));
    const auto full = static_cast<std::size_t>(done * static_cast<double>(width));
    std::snprintf(share, sizeof share, "] %3.0f %%  ", done * 100);
    line.append(1, '[').append(full, '#').append(width - full, '.').append(share);
  }
  std::snprintf(counts, sizeof counts, "%zu texts, %.0f a second", texts, static_cast<double>(texts) / seconds);
  return line + counts;
}

}  // namespace tool
