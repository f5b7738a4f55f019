#include "line_source.hpp"

#include <zlib.h>

#include <cstring>

namespace tool {

using distilbert::result;

result<line_source> line_source::open(const std::string& file) {
  auto bytes = byte_source::open(file);
  if (!bytes) return std::move(bytes).error();
  return line_source(*std::move(bytes));
}

result<bool> line_source::next(std::string& line) {
  line.clear();
  bool begun = false, fits = true;
  for (bool ended = false; !ended;) {
    if (begin_ == end_) {
      const auto count = bytes_.read(buffer_);
      if (!count) return count.error();
      begin_ = 0;
      end_ = *count;
      if (end_ == 0) break;
    }
    begun = true;
    const char* from = buffer_.data() + begin_;
    const void* found = std::memchr(from, '\n', end_ - begin_);
    ended = found != nullptr;
    const std::size_t count =
        ended ? static_cast<std::size_t>(static_cast<const char*>(found) - from) + 1 : end_ - begin_;
    checksum_ =
        static_cast<std::uint32_t>(::crc32(checksum_, reinterpret_cast<const Bytef*>(from), static_cast<uInt>(count)));
    begin_ += count;
    fits = fits && line.size() + count <= longest_record;
    if (fits) line.append(from, count);
  }
  if (!begun) return false;
  ++number_;
  if (!fits) {
    std::string().swap(line);
    return fault(number_, "expected a line of at most " + std::to_string(longest_record) + " bytes");
  }
  if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  return true;
}

}  // namespace tool
