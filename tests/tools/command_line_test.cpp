#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdio>

#include <doctest/doctest.h>

#include "distilbert/core/config.hpp"
#include "program.hpp"

namespace {

using strings = std::vector<std::string>;

// The tool as the other end of two pipes.
class conversation {
 public:
  conversation() {
    int to[2], from[2];
    REQUIRE(::pipe(to) == 0);
    REQUIRE(::pipe(from) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(to[0], 0);
      ::dup2(from[1], 1);
      for (const int end : {to[0], to[1], from[0], from[1]}) ::close(end);
      ::execl(DISTILBERT_TOOL, "distilbert", "classify", static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(to[0]);
    ::close(from[1]);
    in_ = ::fdopen(to[1], "w");
    out_ = ::fdopen(from[0], "r");
  }
  void say(const std::string& bytes) {
    std::fputs(bytes.c_str(), in_);
    std::fflush(in_);
  }
  std::string ask(const std::string& line) {
    say(line + "\n");
    return answer();
  }
  std::string answer() {
    char answer[4096];
    return std::fgets(answer, sizeof answer, out_) == nullptr ? "" : answer;
  }
  int end() {
    std::fclose(in_);
    std::fclose(out_);
    int status = 0;
    ::waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t child_ = -1;
  std::FILE *in_ = nullptr, *out_ = nullptr;
};

}  // namespace

TEST_CASE("the tool tells its version") {
  const outcome got = run({"--version"});
  CHECK(got.status == 0);
  CHECK(got.out == "distilbert " DISTILBERT_VERSION_STRING "\n");
}

TEST_CASE("every command has help with an example") {
  for (const strings& arguments :
       {strings{"--help"}, strings{"classify", "--help"}, strings{"tokenize", "--help"}, strings{"eval", "--help"},
        strings{"inspect", "-h"}, strings{"pack", "-h"}, strings{"bench", "--help"}}) {
    const outcome got = run(arguments);
    CHECK(got.status == 0);
    CHECK(got.out.find("Example: distilbert ") != std::string::npos);
    CHECK(got.err.empty());
  }
}

TEST_CASE("wrong usage has status 2, says what is wrong, and prints nothing else") {
  const std::vector<std::pair<strings, std::string>> wrong = {
      {{}, "A subcommand is required"},
      {{"clasify", "x"}, "unknown command clasify"},
      {{"--bogus"}, "unknown option --bogus"},
      {{"classify", "--bogus", "x"}, "--bogus"},
      {{"classify", "x", "--input", "f"}, "TEXT and --input cannot be used together"},
      {{"classify", "x", "--format", "xml"}, "--format: expected auto|text|jsonl|csv|tsv, found xml"},
      {{"classify", "x", "--output-format", "json"}, "--output-format: expected text|jsonl|csv|tsv, found json"},
      {{"classify", "x", "--function", "tanh"}, "--function: expected softmax|sigmoid|none, found tanh"},
      {{"classify", "x", "--top-k", "0"}, "--top-k: expected all or a number from 1 on, found 0"},
      {{"classify", "x", "--top-k=-1"}, "--top-k: expected all or a number from 1 on, found -1"},
      {{"classify", "x", "--top-k", "many"}, "--top-k: expected all or a number from 1 on, found many"},
      {{"classify", "x", "--max-length", "x"}, "--max-length"},
      {{"classify", "x", "--threads", "-1"}, "--threads"},
      {{"classify", "x", "--model"}, "--model"},
      {{"tokenize", "x", "--offsets", "bytes"}, "--offsets: expected byte|codepoint|utf16, found bytes"},
      {{"tokenize", "x", "--top-k", "1"}, "--top-k"},
      {{"eval"}, "--input is required"},
      {{"bench", "--rounds", "0"}, "--rounds"},
      {{"bench", "--lengths", "8,x"}, "--lengths"},
      {{"bench", "--lengths", "0"}, "--lengths"},
      {{"bench", "--output-format", "jsonl"}, "--output-format: expected text|json|csv, found jsonl"},
      {{"inspect", "[x]"}, "The following argument was not expected: [x]"},
  };
  for (const auto& command : wrong) {
    const outcome got = run(command.first);
    const std::string& message = command.second;
    CAPTURE(message);
    CHECK(got.status == 2);
    CHECK(got.out.empty());
    CHECK(got.err.starts_with("distilbert: "));
    CHECK(got.err.find(message) != std::string::npos);
    CHECK(got.err.find("--help\n") != std::string::npos);
  }
}

TEST_CASE("what cannot be read has status 1 and is named") {
  const temporary_directory directory;
  const std::string nothing = (directory.path() / "nothing").string();
  const std::vector<std::pair<strings, std::string>> unreadable = {
      {{"classify", "--input", nothing}, nothing + ": No such file or directory"},
      {{"classify", "--input", directory.path().string()}, "expected a file, found a directory"},
      {{"classify", "x", "--model", nothing}, nothing + ": expected a model's directory, found nothing"},
      {{"tokenize", "x", "--model", dev_set}, "expected a model's directory, found a file"},
      {{"inspect", "--model", directory.path().string()}, "config.json: no such file"},
      {{"inspect", "--model", model("tiny-question")}, "DistilBertForQuestionAnswering"},
      {{"bench", "--batch", nothing}, nothing + ": No such file or directory"},
  };
  for (const auto& command : unreadable) {
    const outcome got = run(command.first);
    const std::string& message = command.second;
    CAPTURE(message);
    CHECK(got.status == 1);
    CHECK(got.out.empty());
    CHECK(got.err.starts_with("distilbert: "));
    CHECK(got.err.find(message) != std::string::npos);
  }
}

TEST_CASE("a model's directory may have any name") {
  const temporary_directory directory;
  const auto odd = directory.path() / "[my model]";
  std::filesystem::create_directory_symlink(model("tiny-three-labels"), odd);
  CHECK(run({"classify", "--model", odd.string(), "x"}).status == 0);
  CHECK(run({"classify", "--model=" + odd.string(), "x"}).status == 0);
}

TEST_CASE("a full disk is an error, not a loss") {
  for (const char* command : {"classify x", "tokenize x", "inspect", "bench --lengths 1 --rounds 1"}) {
    const outcome got = run_shell("distilbert " + std::string(command) + " >/dev/full");
    CHECK(got.status == 1);
    CHECK(got.err == "distilbert: standard output: No space left on device\n");
  }
}

TEST_CASE("a reader that leaves early ends the tool without a word") {
  const temporary_directory directory;
  const std::string status = (directory.path() / "status").string();
  const outcome got = run_shell("{ distilbert tokenize --output-format jsonl --input " + shell_quoted(dev_set) +
                                "; echo $? >" + status + "; } | head -1");
  CHECK(got.lines().size() == 1);
  CHECK(got.err.empty());
  CHECK(contents(status) == "1\n");
}

TEST_CASE("who writes a line into a pipe gets its answer before the next") {
  conversation tool;
  CHECK(tool.ask("A gripping, beautifully shot film.") == "POSITIVE\t0.9996\tA gripping, beautifully shot film.\n");
  CHECK(tool.ask("Dull and lifeless.").starts_with("NEGATIVE\t"));
  CHECK(tool.end() == 0);
}

TEST_CASE("an answer does not wait for the rest of the next line") {
  conversation tool;
  tool.say("Dull and lifeless.\nA gripping,");
  CHECK(tool.answer().starts_with("NEGATIVE\t"));
  CHECK(tool.ask(" beautifully shot film.").starts_with("POSITIVE\t"));
  CHECK(tool.end() == 0);
}

TEST_CASE("a hyphen alone is standard input, among others or after two hyphens it is a text") {
  CHECK(run({"classify", "-"}, "Dull.\n").out == run({"classify", "Dull."}).out);
  CHECK(run({"classify", "--", "-"}, "Dull.\n").out.ends_with("\t-\n"));
  CHECK(run({"classify", "-", "Dull."}, "x\n").lines().size() == 2);
  CHECK(run({"classify", "-", "--input", "x"}).status == 2);
}

TEST_CASE("the example of classify's help runs word for word") {
  const std::string help = run({"classify", "--help"}).out, word = "Example: ";
  const std::size_t at = help.find(word);
  REQUIRE(at != std::string::npos);
  const std::string example = help.substr(at + word.size(), help.find('\n', at) - at - word.size());
  const temporary_directory directory;
  directory.write("reviews.csv", "id,text\n1,Dull.\n2,A gripping film.\n");
  const outcome got = run_shell("cd " + shell_quoted(directory.path().string()) + " && " + example);
  CHECK(got.err.empty());
  CHECK(got.status == 0);
  CHECK(contents(directory.path() / "labels.csv").starts_with("id,text,label,score,truncated\n1,Dull.,NEGATIVE,0.99"));
}

TEST_CASE("no progress is shown where standard error is no terminal") {
  CHECK(run({"classify", "--input", dev_set}).err.empty());
}

TEST_CASE("the program finds the model that is installed beside it") {
  const temporary_directory prefix;
  const auto models = prefix.path() / "share/distilbert/models";
  std::filesystem::create_directories(prefix.path() / "bin");
  std::filesystem::create_directories(models);
  std::filesystem::copy_file(DISTILBERT_TOOL, prefix.path() / "bin/distilbert");
  std::filesystem::create_directory_symlink(model("tiny-three-labels"), models / "sst2-mini");
  const outcome got = run_shell(shell_quoted((prefix.path() / "bin/distilbert").string()) + " inspect");
  CHECK(got.status == 0);
  CHECK(got.out.find("negative, neutral, positive") != std::string::npos);
  CHECK(got.out.find((models / "sst2-mini").string()) != std::string::npos);
}

#if !defined(__SANITIZE_ADDRESS__)
TEST_CASE("memory does not grow with the file") {
  const temporary_directory directory;
  const auto peak_bytes = [&](std::size_t records) {
    // Written line by line: a child's peak counts what its parent held when it was forked.
    const std::string file = (directory.path() / "texts.jsonl").string();
    {
      std::ofstream lines(file);
      for (std::size_t i = 0; i < records; ++i) lines << "{\"text\":\"" << std::string(i % 500, 'x') << "\"}\n";
    }
    const pid_t child = ::fork();
    if (child == 0) {
      if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(127);
      ::execl(DISTILBERT_TOOL, "distilbert", "tokenize", "--input", file.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    int status = 0;
    rusage used{};
    REQUIRE(::wait4(child, &status, 0, &used) == child);
    CHECK(status == 0);
#if defined(__APPLE__)
    return static_cast<std::size_t>(used.ru_maxrss);
#else
    return static_cast<std::size_t>(used.ru_maxrss) * 1024;
#endif
  };
  // A batch at least; then a file of 50 MB.
  CHECK(peak_bytes(200000) < peak_bytes(4000) + (std::size_t{8} << 20));
}
#endif
