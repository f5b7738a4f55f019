#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace tool {

/// A line on the terminal's standard error that tells how far a file has been read; nothing where it is no terminal.
class progress {
 public:
  /// @param file the input, whose size makes the bar; "-" or an empty name has none.
  explicit progress(const std::string& file);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Draws anew, at most some times a second.
  void update(std::size_t texts, std::size_t bytes);

 private:
  using clock = std::chrono::steady_clock;
  bool shown_ = false;
  bool drawn_ = false;
  std::size_t total_ = 0;
  clock::time_point start_ = clock::now();
  clock::time_point last_ = start_;
};

}  // namespace tool
