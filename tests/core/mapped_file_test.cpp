#include "distilbert/core/mapped_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "support/temporary_directory.hpp"

using distilbert::errc;
using distilbert::file_access;
using distilbert::mapped_file;

TEST_CASE("a file's bytes are the same mapped and copied") {
  const temporary_directory directory;
  const std::string content = "a\0b\r\n\xff" + std::string(100000, 'x');
  const auto path = directory.write("file", content);
  const auto mapped = mapped_file::open(path).value(), copied = mapped_file::open(path, file_access::copy).value();
  CHECK(mapped.text() == content);
  CHECK(copied.text() == content);
  CHECK_FALSE(copied.is_mapped());
}

TEST_CASE("an empty file has no bytes") {
  const temporary_directory directory;
  CHECK(mapped_file::open(directory.write("empty", "")).value().bytes().empty());
}

TEST_CASE("a copy stays as it was when the file changes") {
  const temporary_directory directory;
  const auto path = directory.write("file", "before");
  const auto copied = mapped_file::open(path, file_access::copy).value();
  directory.write("file", "");
  CHECK(copied.text() == "before");
}

TEST_CASE("an absent file and a directory are named in the message") {
  const temporary_directory directory;
  const auto absent = mapped_file::open(directory.path() / "absent");
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().code == errc::file_not_found);
  CHECK(absent.error().message == (directory.path() / "absent").string() + ": no such file");
  const auto folder = mapped_file::open(directory.path());
  REQUIRE_FALSE(folder.has_value());
  CHECK(folder.error().code == errc::io_error);
}

#if DISTILBERT_HAS_MMAP
TEST_CASE("a file whose size the system does not tell is read to its end") {
  const auto file = mapped_file::open("/proc/self/maps");
  REQUIRE(file.has_value());
  CHECK_FALSE(file->bytes().empty());
}
#endif

TEST_CASE("the bytes move with the object") {
  const temporary_directory directory;
  auto first = mapped_file::open(directory.write("file", "content")).value();
  const mapped_file second = std::move(first);
  CHECK(second.text() == "content");
}
