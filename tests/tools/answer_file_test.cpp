#include "answer_file.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "answer_stream.hpp"
#include "gzip_member.hpp"
#include "program.hpp"
#include "support/golden.hpp"
#include "support/temporary_directory.hpp"

namespace {

// Answers of records from..to, in batches of a size; the last batch is `complete`, or left as a kill would.
void write(const std::string& file, std::size_t from, std::size_t to, std::size_t batch, bool complete,
           bool resume = false) {
  auto sink = tool::answer_file::open(file, "run", resume);
  REQUIRE(sink.has_value());
  if (resume) from = (*sink)->begin().records;
  const tool::checkpoint begin = (*sink)->begin();
  tool::answer_stream out(*std::move(sink), begin);
  for (std::size_t i = from; i < to; ++i) {
    out.pending += "answer " + std::to_string(i * 7919 % 100003) + std::string(i % 300, 'x') + "\n";
    out.end_record(i);
    if ((i + 1) % batch == 0) CHECK(out.flush().has_value());
  }
  if (complete) CHECK(out.flush().has_value());
  CHECK(out.finish(complete).has_value());
}

}  // namespace

TEST_CASE("a file of answers appears when it is complete") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "a.txt").string();
  write(file, 0, 100, 10, false);
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(std::filesystem::exists(file + ".part"));
  CHECK_FALSE(tool::answer_file::is_complete(file));
  write(file, 0, 100, 10, true);
  CHECK(contents(file).starts_with("answer 0\nanswer 7919x\n"));
  CHECK(tool::answer_file::is_complete(file));
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("a run that goes on writes what one that never stopped has written, however the batches fall") {
  for (const char* name : {"a.txt", "a.txt.gz"}) {
    const temporary_directory directory;
    const std::string whole = (directory.path() / name).string(), parts = (directory.path() / "b").string() + name;
    write(whole, 0, 20000, 1024, true);
    std::size_t end = 3000;
    for (const std::size_t batch : {7, 1000, 333, 4096, 64}) write(parts, 0, end += 2500, batch, false, true);
    write(parts, 0, 20000, 1000, true, true);
    CHECK(contents(parts) == contents(whole));
  }
}

TEST_CASE("a packed file is gzip in members of a megabyte") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "a.txt.gz").string();
  write(file, 0, 20000, 1000, true);
  const auto lines = read_lines(file);
  CHECK(lines.size() == 20000);
  CHECK(lines[1] == "answer 7919x");
  std::size_t members = 0;
  const std::string bytes = contents(file);
  for (std::size_t at = 0; (at = bytes.find(std::string_view("\x1F\x8B\x08\0\0\0\0\0", 8), at)) != std::string::npos;
       ++at)
    ++members;
  CHECK(members == 4);  // of 3.2 MB
}

TEST_CASE("a packed file without answers is gzip of nothing") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "a.gz").string();
  write(file, 0, 0, 1, true);
  CHECK(contents(file) == tool::gzip_member(""));
}

TEST_CASE("a run with other options is refused, and so is a file that has lost bytes") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "a.txt").string();
  write(file, 0, 100, 10, false);
  const auto other = tool::answer_file::open(file, "another run", true);
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().message ==
        file + ".resume: expected the state of a run with the same options and model, another run, found run");
  std::filesystem::resize_file(file + ".part", 1);
  const auto lost = tool::answer_file::open(file, "run", true);
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().message.starts_with(file + ".part: expected "));
}

TEST_CASE("without being asked to go on, a run begins anew") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "a.txt").string();
  write(file, 0, 1000, 10, false);
  write(file, 0, 5, 10, true);
  const std::string answers = contents(file);
  CHECK(std::count(answers.begin(), answers.end(), '\n') == 5);
}
