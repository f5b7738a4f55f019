#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "line_source.hpp"
#include "record_reader.hpp"

namespace tool {

/// What the readers of all formats share.
class line_reader : public record_reader {
 public:
  line_reader(line_source source, input_options options) : source_(std::move(source)), options_(std::move(options)) {}
  std::size_t position() const noexcept override { return source_.position(); }
  std::uint32_t checksum() const noexcept override { return source_.checksum(); }

 protected:
  // Whether a field or column may be kept: not where an answer has its name.
  distilbert::result<void> check_name(const std::string& name, const char* what) const {
    const auto& taken = options_.taken_names;
    if (std::find(taken.begin(), taken.end(), name) == taken.end()) return {};
    return distilbert::error{distilbert::errc::invalid_input,
                             what + std::string(" \"") + name +
                                 "\": expected none of the answer's names beside it; --prefix gives them others"};
  }

  static void drop_line_end(std::string& line) {
    if (line.ends_with('\n')) line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
  }

  line_source source_;
  input_options options_;
};

}  // namespace tool
