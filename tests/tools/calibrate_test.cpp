#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "program.hpp"

using strings = std::vector<std::string>;

TEST_CASE("calibrate writes a file that classify takes, and both halves gain") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "calibration.json").string();
  const outcome got = run({"calibrate", "--input", dev_set, "--output", file, "--halves", "--neutral", "0.35..0.65",
                           "--output-format", "json"});
  REQUIRE(got.status == 0);
  const auto report = got.json();
  const double temperature = report.find("temperature")->number;
  CHECK(temperature > 1);
  const auto gains = [](const distilbert::json::value& fit) {
    for (const char* measure : {"expected_calibration_error", "log_loss", "brier"})
      CHECK(fit.find("after")->find(measure)->number < fit.find("before")->find(measure)->number);
  };
  gains(report);
  REQUIRE(report.find("halves")->items.size() == 2);
  for (const auto& half : report.find("halves")->items) gains(half);
  CHECK(report.find("before")->find("accuracy")->number == doctest::Approx(787.0 / 872).epsilon(1e-12));
  const auto* neutral = report.find("neutral");
  CHECK(neutral->find("coverage")->number < 1);
  CHECK(neutral->find("accuracy")->number > 787.0 / 872);
  CHECK(report.find("thresholds")->items.size() == 2);

  const strings classify = {"classify", "--output-format", "jsonl", "--logits", "--calibration",
                            file,       "Not bad at all."};
  const auto answer = run(classify).json();
  const auto& logits = answer.find("logits")->items;
  const double margin = std::abs(logits[1].number - logits[0].number) / temperature;
  CHECK(answer.find("score")->number == doctest::Approx(1 / (1 + std::exp(-margin))).epsilon(1e-6));
}

TEST_CASE("calibrate tells what it measures, and writes nothing in a dry run") {
  const temporary_directory directory;
  const std::string file = (directory.path() / "c.json").string();
  const outcome got = run({"calibrate", "--input", dev_set, "--dry-run", "--output", file});
  CHECK(got.status == 0);
  CHECK(!std::filesystem::exists(file));
  for (const char* part : {"all texts: temperature ", "expected calibration error", "Brier score", "log loss",
                           "Reliability after", "POSITIVE: from a score of "})
    CHECK(got.out.find(part) != std::string::npos);
}

TEST_CASE("calibrate refuses what it cannot use") {
  const outcome wrong = run({"calibrate", "--dry-run", "--input", "-", "--format", "jsonl"},
                            "{\"text\":\"a\",\"label\":\"POSITIVE\"}\n{\"text\":\"b\",\"label\":\"MIXED\"}\n");
  CHECK(wrong.status == 1);
  CHECK(wrong.err ==
        "distilbert: standard input:2: field \"label\": expected \"NEGATIVE\", \"POSITIVE\", or an id from 0 "
        "to 1, found \"MIXED\"\n");
  const outcome few =
      run({"calibrate", "--dry-run", "--input", "-", "--format", "jsonl"}, "{\"text\":\"a\",\"label\":1}\n");
  CHECK(few.status == 1);
  CHECK(few.err == "distilbert: standard input: expected labelled texts, found less than two\n");
  CHECK(run({"calibrate", "--dry-run", "--input", dev_set, "--neutral", "x"}).status == 2);
  CHECK(run({"calibrate", "--dry-run", "--input", dev_set, "--model", model("tiny-regression")}).status == 1);
  const outcome nowhere = run({"calibrate", "--input", dev_set, "--output", "/nowhere/c.json"});
  CHECK(nowhere.status == 1);
  CHECK(nowhere.err == "distilbert: /nowhere/c.json: cannot be written\n");
}
