#pragma once
#include <cstddef>
#include <string>
#include <utility>

#include "line_source.hpp"
#include "record_reader.hpp"

namespace tool {

/// What the readers of all formats share.
class line_reader : public record_reader {
 public:
  line_reader(line_source source, input_options options) : source_(std::move(source)), options_(std::move(options)) {}
  bool would_wait() const noexcept override { return source_.would_wait(); }
  std::size_t position() const noexcept override { return source_.position(); }

 protected:
  static void drop_line_end(std::string& line) {
    if (line.ends_with('\n')) line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
  }

  line_source source_;
  input_options options_;
};

}  // namespace tool
