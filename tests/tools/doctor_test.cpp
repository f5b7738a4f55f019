#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/golden.hpp"
#include "tools/program.hpp"

namespace {

using strings = std::vector<std::string>;

// A copy of a model that a test spoils.
class model_copy : public temporary_directory {
 public:
  explicit model_copy(const std::string& name) {
    for (const char* file : {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"})
      std::filesystem::copy_file(model(name) + "/" + file, path() / file);
  }
  std::string file(const std::string& name) const { return (path() / name).string(); }
  void replace(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text = contents(path() / name);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    write(name, text.replace(at, from.size(), to));
  }
  outcome doctor(const strings& more = {}) const {
    strings arguments = {"doctor", "--model", path().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
};

// The outcome of the check of this name.
std::string outcome_of(const distilbert::json::value& report, const std::string& name) {
  for (const auto& check : report.find("checks")->items)
    if (check.find("name")->string == name) return check.find("outcome")->string;
  return "";
}

}  // namespace

TEST_CASE("doctor finds nothing wrong with sst2-mini, and knows its answers, by every instruction set") {
  const auto report = run({"doctor", "--output-format", "json"});
  CHECK(report.status == 0);
  CHECK(report.err.empty());
  CHECK(report.json().find("model")->string == "sst2-mini");
  CHECK(report.json().find("passed")->boolean);
  for (const char* name : {"known files", "files", "special tokens", "numbers", "known answers"})
    CHECK(outcome_of(report.json(), name) == "ok");
  CHECK(outcome_of(report.json(), "packed weights") == "skipped");
  CHECK(run({"doctor", "--isa", "baseline"}).status == 0);
}

TEST_CASE("doctor finds nothing wrong with a model that it does not know") {
  const auto report = run({"doctor", "--model", model("tiny-bf16"), "--output-format", "json"});
  CHECK(report.status == 0);
  CHECK(report.json().find("model")->is(distilbert::json::value::kind::null));
  CHECK(outcome_of(report.json(), "known answers") == "skipped");
  CHECK(outcome_of(report.json(), "numbers") == "ok");
}

TEST_CASE("doctor names a file that did not come with weights that are known") {
  const model_copy copy("sst2-mini");
  copy.replace("config.json", "\"0\": \"NEGATIVE\"", "\"0\": \"POSITIVE\"");
  copy.replace("config.json", "\"1\": \"POSITIVE\"", "\"1\": \"NEGATIVE\"");
  const auto report = copy.doctor({"--output-format", "json"});
  CHECK(report.status == 1);
  CHECK(report.err.find(copy.file("config.json") + ": the weights are those of sst2-mini") != std::string::npos);
  CHECK(outcome_of(report.json(), "known answers") == "failed");  // the labels are exchanged
}

TEST_CASE("doctor names a vocabulary of other tokens in the place of the right one") {
  const model_copy copy("sst2-mini");
  copy.replace("vocab.txt", "\ngood\n", "\ngoox\n");
  const auto report = copy.doctor();
  CHECK(report.status == 1);
  CHECK(report.err.find(copy.file("vocab.txt") + ": the weights are those of sst2-mini") != std::string::npos);
}

TEST_CASE("doctor names what does not fit together") {
  const model_copy copy("tiny-three-labels");
  const auto refusal = [&] {
    const auto report = copy.doctor();
    CHECK(report.status == 1);
    return report.err;
  };
  copy.replace("config.json", "\"pad_token_id\": 0", "\"pad_token_id\": 3");
  CHECK(refusal() == "distilbert: special tokens: " + copy.file("config.json") +
                         ": pad_token_id: expected 0, the tokenizer's, found 3\n");
  copy.replace("config.json", "\"hidden_dim\": ", "\"hidden_dim\": 1");
  CHECK(refusal().find("expected shape") != std::string::npos);
}

TEST_CASE("doctor finds a packed file whose weights are damaged") {
  const model_copy copy("tiny-three-labels");
  REQUIRE(run({"pack", "--model", copy.path().string()}).status == 0);
  CHECK(copy.doctor().status == 0);
  std::string packed = contents(copy.path() / "model.packed");
  packed[packed.size() - 1000] = static_cast<char>(packed[packed.size() - 1000] ^ 1);
  copy.write("model.packed", packed);
  const auto report = copy.doctor();
  CHECK(report.status == 1);
  CHECK(report.err.find("model.packed: section ") != std::string::npos);
}

TEST_CASE("doctor says where tokenizer.json and vocab.txt differ") {
  const model_copy copy("sst2-mini");
  std::string json;
  for (const std::string& line : read_lines(DISTILBERT_TEST_DATA "/tokenizer/tokenizer.json.gz")) json += line + "\n";
  copy.write("tokenizer.json", json);
  const auto whole = copy.doctor({"--output-format", "json"});
  CHECK(outcome_of(whole.json(), "vocabularies") == "ok");
  copy.replace("vocab.txt", "\ngood\n", "\ngoox\n");
  const auto report = copy.doctor({"--output-format", "json"});
  CHECK(outcome_of(report.json(), "vocabularies") == "failed");
  CHECK(report.out.find("expected \\\"good\\\" by tokenizer.json, found \\\"goox\\\"") != std::string::npos);
}
