#include "output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <nlohmann/json.hpp>

namespace tool {

distilbert::result<void> output::flush() {
  const bool written =
      std::fwrite(pending_.data(), 1, pending_.size(), stdout) == pending_.size() && std::fflush(stdout) == 0;
  pending_.clear();
  if (written) return {};
  return distilbert::error{distilbert::errc::io_error, std::string("standard output: ") + std::strerror(errno)};
}

std::string number(float value) { return nlohmann::json(static_cast<double>(value)).dump(); }

std::string quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string field(std::string_view text, output_format format) {
  if (format == output_format::tsv) return printable(text);
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string printable(std::string_view text) {
  std::string clean(text);
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return clean;
}

}  // namespace tool
