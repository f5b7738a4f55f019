#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace tool {

/// A line on the terminal's standard error that tells how far a file has been read; nothing where it is no terminal.
class progress {
 public:
  /// @param file the input, whose size makes the bar; standard input has none.
  /// @param answers_follow answers go to standard output meanwhile: where that is a terminal, they are progress enough.
  progress(const std::string& file, bool answers_follow);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Draws anew, at most five times a second.
  void update(std::size_t texts, std::size_t bytes);

 private:
  using clock = std::chrono::steady_clock;
  bool shown_ = false;
  bool drawn_ = false;
  std::size_t total_ = 0;
  clock::time_point start_ = clock::now();
  clock::time_point last_ = start_;
};

/// The line's text: a bar, where `total` bytes are to be read, the texts so far, and how many a second.
std::string progress_line(std::size_t texts, std::size_t bytes, std::size_t total, double seconds);

}  // namespace tool
