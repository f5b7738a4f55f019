#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "program.hpp"

namespace {

using strings = std::vector<std::string>;
const std::string texts = "text,label\nA wonderful film.,POSITIVE\nAwful.,NEGATIVE\n\"So, so.\",POSITIVE\n";

}  // namespace

TEST_CASE("a model compared with itself agrees everywhere") {
  const outcome got = run({"compare", "--model", model("sst2-mini"), "--model", model("sst2-mini"), "--input", dev_set,
                           "--label-column", "label", "--output-format", "json"});
  REQUIRE(got.status == 0);
  const auto report = got.json();
  CHECK(report.find("texts")->integer == 872);
  CHECK(report.find("same_label")->integer == 872);
  CHECK(report.find("agreement")->number == 1);
  CHECK(report.find("largest_difference")->number == 0);
  CHECK(report.find("right")->items[0].integer == 787);
  CHECK(report.find("right_alone")->items[1].integer == 0);
  CHECK(report.find("texts_per_second")->items[0].number > 0);
  CHECK(report.find("flips")->items.empty());
}

TEST_CASE("compare lists the texts that get another label, with the labels and scores of classify") {
  const temporary_directory directory;
  // The same network with other weights in its head: labels swapped.
  for (const char* name : {"model.safetensors", "vocab.txt", "tokenizer_config.json"})
    std::filesystem::create_symlink(std::filesystem::path(model("sst2-mini")) / name, directory.path() / name);
  directory.write("config.json", contents(std::filesystem::path(model("sst2-mini")) / "config.json"));
  const outcome same = run({"compare", "--model", model("sst2-mini"), "--model", directory.path().string(), "--isa",
                            "baseline", "--input", "-", "--format", "csv", "--output-format", "json"},
                           texts);
  CHECK(same.status == 0);
  CHECK(same.json().find("same_label")->integer == 3);

  const strings command = {
      "compare",  "--model", model("tiny-three-labels"), "--model", model("tiny-three-labels"), "--input", "-",
      "--format", "csv"};
  CHECK(run(command, texts).out.find("same label                    3 (1.0000)\n") != std::string::npos);
}

TEST_CASE("compare takes two models of the same labels, not other ones") {
  const outcome one = run({"compare", "--model", model("sst2-mini"), "--input", dev_set});
  CHECK(one.status == 2);
  CHECK(one.err.find("--model: expected it twice, for two models, found it 1 times") != std::string::npos);
  const outcome other =
      run({"compare", "--model", model("sst2-mini"), "--model", model("tiny-three-labels"), "--input", dev_set});
  CHECK(other.status == 1);
  CHECK(other.err.find("expected the labels of ") != std::string::npos);
}
