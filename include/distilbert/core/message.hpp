#pragma once
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace distilbert::detail {

/// The parts of a message, joined. One function for all of them: sums of strings are slow to compile.
[[gnu::noinline, gnu::cold]] inline std::string message(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const std::string_view part : parts) text += part;
  return text;
}

}  // namespace distilbert::detail
