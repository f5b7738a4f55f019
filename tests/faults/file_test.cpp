// Files that do not give what is asked of them, by the system's own means.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "distilbert/pipeline/text_classifier.hpp"
#include "support/temporary_directory.hpp"

using distilbert::errc;
using distilbert::file_access;
using distilbert::text_classifier;

namespace {

const std::string smallest = std::string(DISTILBERT_TEST_DATA) + "/models/tiny-one-layer-prime/";
constexpr const char* names[] = {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A copy of the smallest model, but for one file.
class directory_without : public temporary_directory {
 public:
  explicit directory_without(std::string_view left_out) {
    for (const char* name : names)
      if (name != left_out) std::filesystem::copy_file(smallest + name, path() / name);
  }
};

std::vector<float> logits(text_classifier& classifier) {
  const auto answer = classifier("one two three");
  return {answer.logits.begin(), answer.logits.end()};
}

// What a child process that runs f() ends with, as waitpid() tells it.
template <class Function>
int ending_of(Function f) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : {SIGBUS, SIGSEGV, SIGABRT}) std::signal(signal, SIG_DFL);
    ::_exit(f());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace

#if defined(__linux__)
TEST_CASE("a file whose reading fails is an I/O error that names it") {
  for (const std::string name : names) {
    CAPTURE(name);
    const directory_without directory(name);
    std::filesystem::create_symlink("/proc/self/mem", directory.path() / name);  // EIO at its beginning
    for (const auto access : {file_access::map, file_access::copy}) {
      const auto loaded = text_classifier::load(directory.path(), {.access = access});
      REQUIRE_FALSE(loaded.has_value());
      CHECK(loaded.error().code == errc::io_error);
      CHECK(loaded.error().message.find(name + ": cannot be read: Input/output error") != std::string::npos);
    }
  }
}
#endif

TEST_CASE("a file that comes in pieces of any size is read whole") {
  auto whole = text_classifier::load(smallest).value();
  for (const std::string name : names) {
    CAPTURE(name);
    for (const std::size_t piece : {1U, 4096U, 4097U}) {
      if (piece == 1 && name == "model.safetensors") continue;
      const directory_without directory(name);
      const std::string pipe = (directory.path() / name).string(), bytes = read(smallest + name);
      REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
      std::thread writer([&] {
        const int out = ::open(pipe.c_str(), O_WRONLY);
        for (std::size_t i = 0; i < bytes.size(); i += piece)
          if (::write(out, bytes.data() + i, std::min(piece, bytes.size() - i)) < 0) break;
        ::close(out);
      });
      auto loaded = text_classifier::load(directory.path());
      writer.join();
      REQUIRE(loaded.has_value());
      CHECK(logits(*loaded) == logits(whole));
    }
  }
}

TEST_CASE("a file that is copied may shrink or vanish afterwards") {
  const directory_without directory("");
  auto loaded = text_classifier::load(directory.path(), {.access = file_access::copy}).value();
  const auto before = logits(loaded);
  std::filesystem::resize_file(directory.path() / "model.safetensors", 0);
  CHECK(logits(loaded) == before);
  std::filesystem::remove_all(directory.path());
  CHECK(logits(loaded) == before);
}

TEST_CASE("a mapped file may be renamed over or removed, but one that shrinks ends the process") {
  const directory_without directory("");
  const auto file = directory.path() / "model.safetensors";
  auto loaded = text_classifier::load(directory.path()).value();
  const auto before = logits(loaded);
  directory.write("other", "too short");
  std::filesystem::rename(directory.path() / "other", file);
  CHECK(logits(loaded) == before);

  std::filesystem::copy_file(smallest + "model.safetensors", file, std::filesystem::copy_options::overwrite_existing);
  const int status = ending_of([&] {
    auto mapped = text_classifier::load(directory.path()).value();
    std::filesystem::resize_file(file, 0);
    return logits(mapped) == before ? 0 : 1;
  });
  // By SIGBUS, where no sanitizer catches it first: never an answer.
  CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) > 1));
}
