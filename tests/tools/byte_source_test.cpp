#include "byte_source.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "gzip_member.hpp"
#include "line_source.hpp"
#include "support/temporary_directory.hpp"

namespace {

struct reading {
  std::string bytes, fault;  // the fault with "FILE" for the file's name
};

reading read(std::string_view content, const std::string& name, std::size_t at_once = 1000) {
  const temporary_directory directory;
  const std::string file = directory.write(name, content).string();
  auto source = tool::byte_source::open(file);
  REQUIRE(source.has_value());
  reading got;
  std::vector<char> room(at_once);
  for (;;) {
    const auto count = source->read(room);
    if (!count) {
      got.fault = "FILE" + count.error().message.substr(file.size());
      return got;
    }
    if (*count == 0) return got;
    got.bytes.append(room.data(), *count);
  }
}

std::string many_lines() {
  std::string lines;
  for (int i = 0; i < 40000; ++i) lines += "line " + std::to_string(i * 7919 % 10007) + "\n";
  return lines;
}

}  // namespace

TEST_CASE("a plain file's bytes are its own, however little is asked for at once") {
  const std::string lines = many_lines();
  CHECK(read(lines, "a.txt").bytes == lines);
  CHECK(read(lines, "a.txt", 1).bytes == lines);
  CHECK(read("", "a.txt").bytes.empty());
}

TEST_CASE("gzip is unpacked by its first bytes, whatever the name") {
  const std::string lines = many_lines(), packed = tool::gzip_member(lines);
  CHECK(read(packed, "a.txt.gz").bytes == lines);
  CHECK(read(packed, "a.txt").bytes == lines);
  CHECK(read(packed, "a.txt", 3).bytes == lines);
}

TEST_CASE("a gzip file may have several members, and empty ones") {
  const std::string members = tool::gzip_member("one\n") + tool::gzip_member("") + tool::gzip_member("two\n");
  const reading got = read(members, "a.gz");
  CHECK(got.bytes == "one\ntwo\n");
  CHECK(got.fault.empty());
  CHECK(read(tool::gzip_member(""), "a.gz").bytes.empty());
}

TEST_CASE("bytes that begin nearly as gzip does are plain") {
  for (const std::string_view bytes : {"\x1F", "\x1F\x8B", "\x1F\x8Bx", "\x1Fx"})
    CHECK(read(bytes, "a").bytes == bytes);
}

TEST_CASE("gzip that is cut short is refused by the file's name, after what was there") {
  const std::string lines = many_lines(), packed = tool::gzip_member(lines);
  for (const std::size_t size : {std::size_t{5}, packed.size() / 2, packed.size() - 1}) {
    const reading got = read(packed.substr(0, size), "a.gz");
    CHECK(got.fault == "FILE: the gzip data is cut short");
    CHECK(lines.starts_with(got.bytes));
  }
  CHECK(read(packed.substr(0, packed.size() / 2), "a.gz").bytes.size() > lines.size() / 4);
}

TEST_CASE("gzip that is damaged, or followed by something else, is refused by the file's name") {
  std::string packed = tool::gzip_member(many_lines());
  CHECK(read(packed + "rest", "a.gz").fault.starts_with("FILE: the gzip data is damaged: "));
  packed[packed.size() - 6] ^= 1;  // of the checksum
  CHECK(read(packed, "a.gz").fault.starts_with("FILE: the gzip data is damaged: "));
}

TEST_CASE("a file named .gz that is none is refused") {
  CHECK(read("text", "a.gz").fault == "FILE: expected gzip, as the name says, found something else");
  CHECK(read("", "a.gz").fault == "FILE: expected gzip, as the name says, found an empty file");
}

TEST_CASE("a checksum of lines tells them from others") {
  const temporary_directory directory;
  const auto checksum = [&](std::string_view content, std::size_t lines) {
    auto source = tool::line_source::open(directory.write("a", content).string()).value();
    std::string line;
    for (std::size_t i = 0; i < lines; ++i) REQUIRE(*source.next(line));
    return source.checksum();
  };
  CHECK(checksum("one\ntwo\n", 1) == checksum("one\nthree\n", 1));
  CHECK(checksum("one\ntwo\n", 2) != checksum("one\ntwo!\n", 2));
  CHECK(checksum(tool::gzip_member("one\n"), 1) == checksum("one\n", 1));
}
