#include "progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "terminal.hpp"

namespace tool {

progress::progress(const input_options& input, bool answers_follow)
    : shown_(is_terminal(stderr) && !(answers_follow && is_terminal(stdout))) {
  std::vector<std::string> files = input.more_files;
  files.push_back(input.file);
  for (const std::string& file : files) {
    std::error_code unknown;
    const auto size = std::filesystem::file_size(file, unknown);
    if (unknown) {  // a pipe: the sum is not known either
      total_ = 0;
      return;
    }
    total_ += static_cast<std::size_t>(size);
  }
}

progress::~progress() { clear(); }

void progress::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

void progress::update(std::size_t texts, std::size_t bytes) {
  texts_ += texts;
  const auto now = clock::now();
  if (!shown_ || now - last_ < std::chrono::milliseconds(200)) return;
  last_ = now;
  clear();
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::fputs(progress_line({texts_, begin_, bytes, total_, seconds}).c_str(), stderr);
  std::fflush(stderr);
}

void progress::say(const std::string& line) {
  clear();
  std::fputs((line + '\n').c_str(), stderr);
}

std::string progress_line(const progress_state& now) {
  constexpr std::size_t width = 30;
  char share[16], counts[64];
  std::string line, left;
  if (now.total > 0) {
    const double done = std::min(1.0, static_cast<double>(now.bytes) / static_cast<double>(now.total));
    const auto full = static_cast<std::size_t>(done * static_cast<double>(width));
    std::snprintf(share, sizeof share, "] %3.0f %%  ", done * 100);
    line.append(1, '[').append(full, '#').append(width - full, '.').append(share);
    if (now.bytes > now.begin && now.bytes < now.total)
      left = ", " +
             duration(now.seconds * static_cast<double>(now.total - now.bytes) /
                      static_cast<double>(now.bytes - now.begin)) +
             " left";
  }
  std::snprintf(counts, sizeof counts, "%zu texts, %.0f a second", now.texts,
                static_cast<double>(now.texts) / now.seconds);
  return line + counts + left;
}

std::string duration(double seconds) {
  const auto whole = static_cast<unsigned long long>(std::ceil(std::clamp(seconds, 0.0, 1e12)));
  const auto minutes = whole / 60, hours = minutes / 60;
  if (hours > 0) return std::to_string(hours) + " h " + std::to_string(minutes % 60) + " min";
  if (minutes > 0) return std::to_string(minutes) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole) + " s";
}

}  // namespace tool
