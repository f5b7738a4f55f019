#pragma once
#include <chrono>
#include <cstddef>
#include <string>

#include "record_reader.hpp"

namespace tool {

/// A line on the terminal's standard error that tells how far the input has been read; nothing where it is no terminal.
class progress {
 public:
  /// @param input whose files' sizes make the bar; standard input has none.
  /// @param answers_follow answers go to standard output meanwhile: where that is a terminal, they are progress enough.
  progress(const input_options& input, bool answers_follow);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// So many bytes had been read before: the rate is of what comes after.
  void begin_at(std::size_t bytes) noexcept { begin_ = bytes; }
  /// After this many more texts, and this many bytes in all. Draws anew, at most five times a second.
  void update(std::size_t texts, std::size_t bytes);
  /// A line on standard error, terminal or not, that stays.
  void say(const std::string& line);

 private:
  using clock = std::chrono::steady_clock;
  void clear();

  bool shown_ = false;
  bool drawn_ = false;
  std::size_t total_ = 0, begin_ = 0, texts_ = 0;
  clock::time_point start_ = clock::now();
  clock::time_point last_ = start_;
};

/// What the line tells.
struct progress_state {
  std::size_t texts = 0;  ///< handled
  std::size_t begin = 0;  ///< bytes read before these texts
  std::size_t bytes = 0;  ///< bytes read
  std::size_t total = 0;  ///< bytes to read; 0 where unknown
  double seconds = 0;     ///< that the texts took
};

/// The line's text: a bar and the time left, where the total is known, the texts so far, and how many a second.
std::string progress_line(const progress_state& now);

/// A time as people read it, rounded up: "8 s", "3 min 20 s", "2 h 5 min".
std::string duration(double seconds);

}  // namespace tool
