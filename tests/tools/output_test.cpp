// What happens to answers that nobody takes: a full disk, a reader that leaves, an interrupted run.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tools/program.hpp"

#if defined(__linux__)
TEST_CASE("a full disk is an error, not a loss") {
  for (const char* command : {"classify text >/dev/full", "tokenize text >/dev/full", "inspect >/dev/full",
                              "verify --write-manifest - >/dev/full", "doctor >/dev/full"}) {
    CAPTURE(command);
    const auto full = run_shell(std::string("distilbert ") + command);
    CHECK(full.status == 1);
    CHECK(full.err.find("No space left on device") != std::string::npos);
  }
}
#endif

TEST_CASE("a reader that leaves early ends the run quietly") {
  // Many more bytes than a pipe holds.
  const auto gone =
      run_shell("yes 'a text' | head -n 20000 | distilbert classify --model " +
                shell_quoted(model("tiny-one-layer-prime")) + " --output-format jsonl | head -n 1 | wc -l");
  CHECK(gone.out == "1\n");
  CHECK(gone.err.empty());
}

TEST_CASE("an interrupted run has written whole lines, in the order of the input") {
  const temporary_directory directory;
  std::string texts;
  for (int i = 0; i < 400'000; ++i) texts += "text " + std::to_string(i) + "\n";
  const std::string in = directory.write("in.txt", texts).string(), out = (directory.path() / "out").string();
  const std::string model_path = model("tiny-one-layer-prime");
  for (const std::uintmax_t enough : {1U, 100'000U, 1'000'000U}) {
    std::filesystem::remove(out);
    const pid_t child = ::fork();
    if (child == 0) {
      const int to = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(to, 1);
      ::execl(DISTILBERT_TOOL, "distilbert", "classify", "--model", model_path.c_str(), "--input", in.c_str(), nullptr);
      ::_exit(127);
    }
    std::error_code absent;
    int status = 0;
    bool ended = false;
    while (!ended) {
      const auto size = std::filesystem::file_size(out, absent);
      if (!absent && size >= enough) break;
      ended = ::waitpid(child, &status, WNOHANG) == child;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    REQUIRE_FALSE(ended);
    ::kill(child, SIGINT);
    ::waitpid(child, &status, 0);
    CHECK(((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) || (WIFEXITED(status) && WEXITSTATUS(status) == 130)));
    const std::string written = contents(out);
    REQUIRE(written.ends_with('\n'));
    std::size_t line = 0, wrong = 0;
    for (std::size_t begin = 0; begin < written.size(); ++line) {
      const std::size_t end = written.find('\n', begin);
      wrong += !std::string_view(written).substr(begin, end - begin).ends_with("\ttext " + std::to_string(line));
      begin = end + 1;
    }
    CHECK(wrong == 0);
    CHECK(line < 400'000);
  }
}
