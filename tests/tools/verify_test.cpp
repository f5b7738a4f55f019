#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "tools/program.hpp"

namespace {

class model_copy : public temporary_directory {
 public:
  model_copy() {
    for (const char* file : {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"})
      std::filesystem::copy_file(model("tiny-three-labels") + "/" + file, path() / file);
  }
};

}  // namespace

TEST_CASE("a manifest is what sha256sum writes of the model's files") {
  const model_copy copy;
  copy.write("README.md", "no file of the model");
  const auto written = run({"verify", "--model", copy.path().string(), "--write-manifest", "-"});
  CHECK(written.status == 0);
  const auto expected = run_shell("cd " + shell_quoted(copy.path().string()) +
                                  " && sha256sum config.json model.safetensors tokenizer_config.json vocab.txt");
  REQUIRE(expected.status == 0);
  CHECK(written.out == expected.out);
}

TEST_CASE("every command refuses a model of which a file differs from the manifest, is gone, or has come") {
  const model_copy copy;
  const temporary_directory other;
  const std::string directory = copy.path().string(), manifest = (other.path() / "manifest").string();
  REQUIRE(run({"verify", "--model", directory, "--write-manifest", manifest}).status == 0);
  const auto check = [&] { return run({"verify", "--model", directory, "--manifest", manifest}); };
  const auto classify = [&] { return run({"classify", "--model", directory, "--manifest", manifest, "text"}); };
  CHECK(check().status == 0);
  CHECK(check().out.find("ok\t4 files") == 0);
  CHECK(classify().status == 0);

  for (const std::string name : {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"}) {
    CAPTURE(name);
    const std::string before = contents(copy.path() / name);
    std::string after = before;
    after.back() = static_cast<char>(after.back() ^ 1);
    copy.write(name, after);
    for (const auto& refused : {check(), classify()}) {
      CHECK(refused.status == 1);
      CHECK(refused.out.empty());
      CHECK(refused.err.find(directory + "/" + name + ": expected SHA-256 ") != std::string::npos);
    }
    std::filesystem::remove(copy.path() / name);
    CHECK(check().err.find("/" + name + ": expected a file by the manifest, found none") != std::string::npos);
    copy.write(name, before);
  }
  CHECK(classify().status == 0);
  copy.write("model.packed", "x");
  CHECK(classify().err.find("model.packed: expected no file by the manifest, found one") != std::string::npos);
}

TEST_CASE("a manifest that cannot be read is told by line") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "m").string();
  const auto refusal = [&](const std::string& text) {
    directory.write("m", text);
    const auto refused = run({"verify", "--manifest", file});
    CHECK(refused.status == 1);
    return refused.err;
  };
  const std::string digits(64, 'a');
  CHECK(refusal("") == "distilbert: " + file + ": expected the names of files, found none\n");
  for (const std::string& line : {digits, digits + "  ", digits + "  ../config.json", digits + " config.json",
                                  std::string(63, 'a') + "  config.json", std::string(64, 'A') + "  config.json"})
    CHECK(refusal(digits + "  vocab.txt\n" + line + "\n").find("m:2: expected 64 hexadecimal digits") !=
          std::string::npos);
  CHECK(refusal(digits + "  vocab.txt\n\n" + digits + "  vocab.txt\n").find("m:3: vocab.txt is named twice") !=
        std::string::npos);
  CHECK(run({"verify", "--manifest", file + "x"}).err.find("no such file") != std::string::npos);
  CHECK(run({"verify"}).status == 2);
}
