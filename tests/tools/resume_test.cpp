#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "program.hpp"

namespace {

using strings = std::vector<std::string>;

pid_t start(strings arguments) {
  std::vector<char*> pointers = {const_cast<char*>("distilbert")};
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execv(DISTILBERT_TOOL, pointers.data());
    ::_exit(127);
  }
  return child;
}

// Runs a batch over and over, killed at random moments until that has happened 20 times, then to its end.
void check_kills(const strings& arguments, const std::string& extension, unsigned seed) {
  const temporary_directory directory;
  const auto with_output = [&](const std::string& file) {
    strings all = arguments;
    all.insert(all.end(), {"--output", file});
    return all;
  };
  const std::string whole = (directory.path() / ("whole" + extension)).string();
  REQUIRE(run(with_output(whole)).status == 0);
  const std::string expected = contents(whole);

  const std::string killed = (directory.path() / ("killed" + extension)).string();
  strings resumed = with_output(killed);
  resumed.push_back("--resume");
  const auto state = [&] { return contents(killed + ".resume"); };  // empty where there is none
  std::mt19937 random(seed);
  std::size_t gone_on = 0;
  unsigned longest = 500000;  // microseconds; more where a machine does not get far in that time
  for (int kills = 0; kills < 20;) {
    const std::string before = state();
    if (!before.empty()) ++gone_on;
    const pid_t child = start(resumed);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % longest));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
      ++kills;
      if (state() == before) longest += longest / 4;
      continue;
    }
    REQUIRE(WEXITSTATUS(status) == 0);  // at its end before: the next one begins anew
    CHECK(contents(killed) == expected);
    std::filesystem::remove(killed);
  }
  CHECK(run(resumed).status == 0);
  CHECK(contents(killed) == expected);
  CHECK_FALSE(std::filesystem::exists(killed + ".part"));
  CHECK_FALSE(std::filesystem::exists(killed + ".resume"));
  CHECK(gone_on > 0);
}

}  // namespace

TEST_CASE("killed at 20 random moments, a batch comes to the same bytes") {
  check_kills({"classify", "--input", dev_set, "--keep-columns", "--prefix", "predicted_"}, ".csv", 1);
}

TEST_CASE("killed at 20 random moments, a packed batch comes to the same bytes") {
  const temporary_directory directory;
  std::string lines;
  for (int i = 0; i < 500; ++i)
    lines += "{\"text\":\"text " + std::to_string(i) + "\",\"more\":\"" + std::string(50000, 'x') + "\"}\n" +
             (i % 50 == 7 ? "no object\n" : "");
  const std::string input = directory.write("in.jsonl", lines).string();
  check_kills({"classify", "--input", input, "--keep-columns", "--on-error", "record"}, ".jsonl.gz", 2);
}

TEST_CASE("a run goes on only with the same input, and only with the same options") {
  const temporary_directory directory;
  const std::string input = directory.write("in.txt", "good\nbad\n").string(),
                    out = (directory.path() / "out").string();
  const auto begin = [&] {
    // A line that cannot be read, so that the run stops behind it.
    directory.write("in.jsonl", "{\"text\":\"good\"}\n{\"text\":\"bad\"}\n{}\n");
    return run({"classify", "--input", (directory.path() / "in.jsonl").string(), "--output", out});
  };
  CHECK(begin().err == "distilbert: " + (directory.path() / "in.jsonl").string() +
                           ":3: field \"text\": expected a string, found nothing; the answers so far are in " + out +
                           ".part\n");
  const strings again = {"classify", "--input", (directory.path() / "in.jsonl").string(), "--output", out, "--resume"};

  strings otherwise = again;
  otherwise.push_back("--logits");
  outcome got = run(otherwise);
  CHECK(got.status == 2);
  CHECK(got.err.find(".resume: expected the state of a run with the same options and model, ") != std::string::npos);

  directory.write("in.jsonl", "{\"text\":\"good\"}\n{\"text\":\"not bad\"}\n");
  got = run(again);
  CHECK(got.status == 2);
  CHECK(got.err.find("--resume: expected the input that ") != std::string::npos);

  directory.write("in.jsonl", "{\"text\":\"good\"}\n{\"text\":\"bad\"}\n{\"text\":\"so so\"}\n");
  got = run(again);
  CHECK(got.status == 0);
  CHECK(got.err.empty());
  CHECK(contents(out) == run({"classify", "good", "bad", "so so"}).out);
}

TEST_CASE("a batch that is complete is left alone, and says so") {
  const temporary_directory directory;
  const std::string out = directory.write("out.txt", "as it is").string();
  const outcome got = run({"classify", "--input", dev_set, "--output", out, "--resume"});
  CHECK(got.status == 0);
  CHECK(got.err == "distilbert: " + out + " is complete already\n");
  CHECK(contents(out) == "as it is");
}

TEST_CASE("--resume needs a file to go on with") {
  CHECK(run({"classify", "--resume"}, "x\n").err.find("--resume requires") != std::string::npos);
  CHECK(run({"classify", "--resume", "--output", "/dev/null"}, "x\n").err.find("found a pipe or device") !=
        std::string::npos);
  CHECK(run({"classify", "--resume", "--output", "x", "a text"}).status == 2);
}
