#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "program.hpp"

namespace {

const std::string text = "A gripping, beautifully shot film.";

std::string answer(const std::string& directory, const std::string& isa = "") {
  std::vector<std::string> arguments = {"classify", "--logits", "--output-format", "jsonl", "-m", directory, text};
  if (!isa.empty()) arguments.insert(arguments.end(), {"--isa", isa});
  const outcome got = run(arguments);
  return got.status == 0 ? got.out : got.err;
}

distilbert::json::value inspected(const std::string& directory) {
  return run({"inspect", "--output-format", "json", "-m", directory}).json();
}

}  // namespace

TEST_CASE("pack writes a directory that loads alone and answers the same") {
  const temporary_directory files;
  const std::string packed = (files.path() / "new" / "packed").string();
  const outcome got = run({"pack", "--model", model("sst2-mini"), "--output", packed, "--threads", "2"});
  CHECK(got.status == 0);
  CHECK(got.err.empty());
  CHECK(got.out.starts_with(packed + "/model.packed\t"));
  CHECK(std::filesystem::exists(packed + "/config.json"));
  CHECK(std::filesystem::exists(packed + "/vocab.txt"));
  CHECK_FALSE(std::filesystem::exists(packed + "/model.safetensors"));
  CHECK(answer(packed) == answer(model("sst2-mini")));

  const auto about = inspected(packed);
  CHECK(about.find("packed")->boolean);
  CHECK(about.find("parameters")->integer == 22713218);
  CHECK(about.find("file_bytes")->integer == std::filesystem::file_size(packed + "/model.packed"));
  CHECK(about.find("dtypes") == nullptr);
  CHECK(run({"inspect", "--verify", "-m", packed}).status == 0);
}

TEST_CASE("pack in the model's own directory adds one file, the same each time") {
  const temporary_directory files;
  for (const auto& entry : std::filesystem::directory_iterator(model("tiny-regression")))
    std::filesystem::copy_file(entry.path(), files.path() / entry.path().filename());
  const std::string directory = files.path().string();
  CHECK_FALSE(inspected(directory).find("packed")->boolean);
  CHECK(run({"pack", "-m", directory}).status == 0);
  const std::string first = contents(files.path() / "model.packed");
  CHECK(inspected(directory).find("packed")->boolean);
  CHECK(run({"pack", "-m", directory, "-j", "3"}).status == 0);
  CHECK(contents(files.path() / "model.packed") == first);
  CHECK(answer(directory) == answer(model("tiny-regression")));
}

TEST_CASE("inspect says why a packed file is passed over") {
  const temporary_directory files;
  for (const auto& entry : std::filesystem::directory_iterator(model("tiny-regression")))
    std::filesystem::copy_file(entry.path(), files.path() / entry.path().filename());
  const std::string directory = files.path().string();
  CHECK(run({"pack", "-m", directory, "--isa", "baseline"}).status == 0);
  const auto about = run({"inspect", "--output-format", "json", "-m", directory}).json();
  if (about.find("isa")->string == "baseline") return;
  CHECK_FALSE(about.find("packed")->boolean);
  CHECK(about.find("packed_mismatch")->string ==
        directory + "/model.packed: kernels: expected " + about.find("isa")->string + ", found baseline");
}

TEST_CASE("inspect --verify finds one changed weight") {
  const temporary_directory files;
  const std::string packed = files.path().string();
  CHECK(run({"pack", "-m", model("tiny-regression"), "-o", packed}).status == 0);
  CHECK(run({"inspect", "-m", packed, "--verify"}).status == 0);
  std::string bytes = contents(files.path() / "model.packed");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  files.write("model.packed", bytes);
  const outcome got = run({"inspect", "-m", packed, "--verify"});
  CHECK(got.status == 1);
  CHECK(got.err.starts_with("distilbert: " + packed + "/model.packed: section distilbert."));
  CHECK(got.out.empty());
  CHECK(run({"inspect", "-m", model("tiny-regression"), "--verify"}).err ==
        "distilbert: " + model("tiny-regression") + "/model.packed: no such file\n");
}

TEST_CASE("pack says what is in its way") {
  const temporary_directory files;
  files.write("file", "");
  const std::string file = (files.path() / "file").string();
  const outcome got = run({"pack", "-m", model("tiny-regression"), "-o", file});
  CHECK(got.status == 1);
  CHECK(got.err == "distilbert: " + file + ": expected a directory, found a file\n");
  CHECK(run({"pack", "-m", model("tiny-regression"), "-o", file + "/below"}).status == 1);
  const std::string packed = (files.path() / "packed").string();
  CHECK(run({"pack", "-m", model("tiny-regression"), "-o", packed}).status == 0);
  const outcome again = run({"pack", "-m", packed});
  CHECK(again.status == 1);
  CHECK(again.err.find(packed + ": expected model.safetensors or ") != std::string::npos);
}
