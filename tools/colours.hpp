#pragma once
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "terminal.hpp"

namespace tool {

/// Whether a stream takes colours: a terminal that can show them, where NO_COLOR (no-color.org) does not ask for none.
inline bool takes_colours(std::FILE* stream) noexcept {
  const char* no = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return is_terminal(stream) && (no == nullptr || *no == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

/// Around what is to be bold, where the stream takes colours.
inline constexpr std::string_view bold = "\033[1m", plain = "\033[0m";

}  // namespace tool
