#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "program.hpp"

namespace {

const std::string text = "A gripping, beautifully shot film.";

std::string answer(const std::string& directory, const std::string& weights = "") {
  std::vector<std::string> arguments = {"classify", "--logits", "--output-format", "jsonl", "-m", directory, text};
  if (!weights.empty()) arguments.insert(arguments.end(), {"--weights", weights});
  const outcome got = run(arguments);
  return got.status == 0 ? got.out : got.err;
}

distilbert::json::value inspected(const std::string& directory) {
  return run({"inspect", "--output-format", "json", "-m", directory}).json();
}

}  // namespace

TEST_CASE("quantize writes a directory that says what it is and answers as the source does with these weights") {
  const temporary_directory files;
  for (const std::string weights : {"int8", "f16", "bf16"}) {
    INFO(weights);
    const std::string directory = (files.path() / "new" / weights).string();
    const outcome got = run({"quantize", "-m", model("sst2-mini"), "--weights", weights, "--output", directory});
    CHECK(got.status == 0);
    CHECK(got.err.empty());
    CHECK(got.out.find(directory + "/model.safetensors\t") != std::string::npos);
    CHECK(std::filesystem::exists(directory + "/vocab.txt"));
    CHECK(answer(directory) == answer(model("sst2-mini"), weights));
    CHECK(inspected(directory).find("weights")->string == weights);
    CHECK(run({"pack", "-m", directory}).status == 0);
    CHECK(inspected(directory).find("packed")->boolean);
    CHECK(answer(directory) == answer(model("sst2-mini"), weights));
  }
}

TEST_CASE("quantize compares with the source on a labelled file where one is named") {
  const temporary_directory files;
  files.write("some.tsv", "sentence\tlabel\na wonderful film\t1\na dreadful bore\t0\n");
  const outcome got = run({"quantize", "-m", model("sst2-mini"), "--weights", "int8", "-o",
                           (files.path() / "q").string(), "--eval", (files.path() / "some.tsv").string()});
  CHECK(got.status == 0);
  CHECK(got.out.find("\nint8     ") != std::string::npos);
  CHECK(got.out.find("flipped labels                   0\n") != std::string::npos);
  CHECK(got.out.find("largest change of a probability  0.") != std::string::npos);
}

TEST_CASE("eval --compare sets f32 beside other weights") {
  const temporary_directory files;
  files.write("some.tsv", "sentence\tlabel\na wonderful film\t1\na dreadful bore\t0\na wonderful bore\t1\n");
  const std::string file = (files.path() / "some.tsv").string();
  const auto report =
      run({"eval", "-m", model("sst2-mini"), "--input", file, "--compare", "int8", "--output-format", "json"}).json();
  CHECK(report.find("total")->integer == 3);
  CHECK(report.find("weights")->items[0].find("weights")->string == "f32");
  CHECK(report.find("weights")->items[1].find("weights")->string == "int8");
  CHECK(report.find("mean_change")->number > 0);
  CHECK(report.find("largest_change")->number < 0.15);
  const outcome shown = run({"eval", "-m", model("sst2-mini"), "--input", file, "--compare", "int8"});
  CHECK(shown.out.starts_with("weights  kernels"));
}

TEST_CASE("quantize refuses what it cannot do in a sentence") {
  const temporary_directory files;
  const std::string to = (files.path() / "q").string(), own = model("sst2-mini");
  const outcome f32 = run({"quantize", "-m", own, "--weights", "f32", "-o", to});
  CHECK(f32.status == 2);
  CHECK(f32.err.find("expected f16, bf16 or int8, found f32") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(to + "/model.safetensors"));
  const outcome unknown = run({"quantize", "-m", own, "--weights", "int4", "-o", to});
  CHECK(unknown.status == 2);
  CHECK(unknown.err.find("expected f32|f16|bf16|int8, found int4") != std::string::npos);
  CHECK(run({"quantize", "-m", own, "--weights", "int8"}).status == 2);
  CHECK(run({"quantize", "-m", own, "-o", to}).status == 2);
  const outcome same = run({"quantize", "-m", own, "--weights", "int8", "-o", own});
  CHECK(same.status == 2);
  CHECK(same.err.find("expected another directory") != std::string::npos);

  CHECK(run({"quantize", "-m", own, "--weights", "int8", "-o", to}).status == 0);
  const outcome again = run({"quantize", "-m", to, "--weights", "f16", "-o", to + "2"});
  CHECK(again.status == 1);
  CHECK(again.err.find("integers are not rounded again") != std::string::npos);
  const outcome widened = run({"classify", "-m", to, "--weights", "f32", text});
  CHECK(widened.status == 1);
  CHECK(widened.err.find("expected some that become f32, found I8") != std::string::npos);
}
