#include "output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace tool {

distilbert::result<void> output::flush() {
  const bool written =
      std::fwrite(pending.data(), 1, pending.size(), stdout) == pending.size() && std::fflush(stdout) == 0;
  pending.clear();
  if (written) return {};
  if (errno == EPIPE) return distilbert::error{distilbert::errc::io_error, ""};
  return distilbert::error{distilbert::errc::io_error, std::string("standard output: ") + std::strerror(errno)};
}

}  // namespace tool
