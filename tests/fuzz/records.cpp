// The tool's reader of text, jsonl, csv and tsv: ends, gives no more than it was given, and counts lines upwards.
#include <cstdio>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.hpp"
#include "record_reader.hpp"

using namespace tool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const int file = ::memfd_create("input", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  const std::uint8_t choice = data[0];
  ++data, --size;
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) return 0;
  static constexpr input_format formats[] = {input_format::text, input_format::jsonl, input_format::csv,
                                             input_format::tsv};
  const input_options options{.file = path,
                              .format = formats[choice & 3],
                              .text_column = (choice & 4) != 0 ? "t" : "",
                              .label_column = (choice & 8) != 0 ? "l" : ""};
  auto opened = record_reader::open(options);
  if (!opened) return check_error(opened.error()), 0;
  record_reader& reader = **opened;
  std::size_t records = 0, bytes = 0, line = 0;
  std::string joined;
  for (record next;;) {
    const auto more = reader.next(next);
    if (!more) return check_error(more.error()), 0;
    if (!*more) break;
    // A carriage return alone ends a row of csv, but no line.
    FUZZ_CHECK(options.format == input_format::csv ? next.line >= line : next.line > line);
    line = next.line;
    ++records;
    bytes += next.text.size() + next.label.size();
    FUZZ_CHECK(reader.position() <= size);
    if (options.format == input_format::text) joined += next.text;
  }
  FUZZ_CHECK(reader.position() == size);
  const bool packed = size >= 2 && data[0] == 0x1F && data[1] == 0x8B;  // gzip holds more than its size
  if (packed) return 0;
  FUZZ_CHECK(records <= size && bytes <= size);
  if (options.format == input_format::text) {  // all bytes but line ends and the mark at the beginning
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    std::string expected;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      std::string_view one = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (one.ends_with('\r')) one.remove_suffix(1);
      expected += one;
    }
    FUZZ_CHECK(joined == expected);
  }
  return 0;
}
