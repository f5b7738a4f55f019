#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "program.hpp"
#include "support/golden.hpp"

namespace {

using strings = std::vector<std::string>;

outcome eval(std::string_view file, const std::string& format, strings more = {}) {
  more.insert(more.begin(), {"eval", "--input", "-", "--format", format, "--output-format", "json"});
  return run(more, file);
}

}  // namespace

TEST_CASE("the dev set scores what Transformers scores") {
  // What the goldens' float32 logits, computed by Transformers, come to.
  std::size_t correct = 0, count[2][2] = {};
  for (const golden& g : read_goldens(DISTILBERT_TEST_DATA "/models/sst2-mini/golden_dev.jsonl.gz")) {
    const int answer = g.f32[1] > g.f32[0] ? 1 : 0;
    ++count[g.label][answer];
    if (answer == g.label) ++correct;
  }
  REQUIRE(correct == 787);

  const outcome got = run({"eval", "--input", dev_set, "--output-format", "json"});
  CHECK(got.status == 0);
  const auto report = got.json();
  CHECK(report.find("correct")->integer == correct);
  CHECK(report.find("total")->integer == 872);
  CHECK(report.find("accuracy")->number == doctest::Approx(787.0 / 872).epsilon(1e-15));
  CHECK(report.find("truncated")->integer == 0);
  CHECK(report.find("texts_per_second")->number > 0);
  for (std::size_t truth = 0; truth < 2; ++truth)
    for (std::size_t answer = 0; answer < 2; ++answer)
      CHECK(report.find("confusion_matrix")->items[truth].items[answer].integer == count[truth][answer]);
  // torch.nn.functional.cross_entropy of the float64 logits; sklearn.metrics.precision_recall_fscore_support.
  CHECK(report.find("cross_entropy")->number == doctest::Approx(0.3706001738818524).epsilon(1e-6));
  const auto& negative = *report.find("labels")->find("NEGATIVE");
  CHECK(negative.find("precision")->number == doctest::Approx(0.9234567901234568).epsilon(1e-15));
  CHECK(negative.find("recall")->number == doctest::Approx(0.8738317757009346).epsilon(1e-15));
  CHECK(negative.find("f1")->number == doctest::Approx(0.8979591836734694).epsilon(1e-15));
  CHECK(negative.find("support")->integer == 428);
}

TEST_CASE("the report in text says the same") {
  const outcome got = run({"eval", "--input", dev_set});
  CHECK(got.status == 0);
  CHECK(got.err.empty());
  const strings lines = got.lines();
  REQUIRE(lines.size() == 16);
  CHECK(lines[0] == "accuracy          0.9025");
  CHECK(lines[1] == "correct           787");
  CHECK(lines[2] == "total             872");
  CHECK(lines[3] == "cross-entropy     0.3706");
  CHECK(lines[4] == "truncated         0");
  CHECK(lines[5].starts_with("texts per second  "));
  CHECK(lines[6] == "weights           f16");
  CHECK(lines[9] == "NEGATIVE      0.9235     0.8738     0.8980        428");
  CHECK(lines[14] == "NEGATIVE         374         54");
}

TEST_CASE("labels are names or ids, in any format") {
  const strings label = {"--label-column", "y", "--text-column", "x"};
  for (const outcome& got :
       {eval("x,y\ngood,POSITIVE\nbad,0\n", "csv", label), eval("x\ty\ngood\t1\nbad\tNEGATIVE\n", "tsv", label),
        eval("{\"x\":\"good\",\"y\":\"1\"}\n{\"x\":\"bad\",\"y\":0}\n", "jsonl", label)}) {
    CHECK(got.status == 0);
    CHECK(got.err.empty());
    CHECK(got.json().find("correct")->integer == 2);
  }
}

TEST_CASE("an unknown or missing label is refused by file and line, and no report is printed") {
  const outcome unknown = eval("text,label\ngood,1\n\"over\ntwo\",good\n", "csv");
  CHECK(unknown.status == 1);
  CHECK(unknown.out.empty());
  CHECK(unknown.err ==
        "distilbert: standard input:3: field \"label\": expected \"NEGATIVE\", \"POSITIVE\", or an id from 0 to 1, "
        "found \"good\"\n");
  CHECK(eval("text,label\ngood,\n", "csv").err.find("standard input:2: field \"label\"") != std::string::npos);
  CHECK(eval("text,label\ngood,2\n", "csv").err.find("found \"2\"") != std::string::npos);
  CHECK(eval("{\"text\":\"good\"}\n", "jsonl").err.find("standard input:1: field \"label\"") != std::string::npos);
  CHECK(eval("text\ngood\n", "tsv").err.find("expected a column \"label\"") != std::string::npos);
}

TEST_CASE("a file without texts, or of texts without labels, is refused") {
  CHECK(eval("text,label\n", "csv").err == "distilbert: standard input: expected labelled texts, found none\n");
  CHECK(eval("text,label\n", "csv").status == 1);
  const outcome lines = eval("good\n", "text");
  CHECK(lines.status == 1);
  CHECK(lines.err.find("text has no labels") != std::string::npos);
}

TEST_CASE("a model of a single output has no labels to compare") {
  const outcome got = eval("text,label\ngood,0\n", "csv", {"--model", model("tiny-regression")});
  CHECK(got.status == 1);
  CHECK(got.err.find("expected a model of two labels or more, found one") != std::string::npos);
}

TEST_CASE("eval reads the tokens that --max-length allows, which are no more than the model takes") {
  const outcome cut = eval("text,label\ngood good bad bad,1\n", "csv", {"--max-length", "4"});
  CHECK(cut.json().find("truncated")->integer == 1);
  const outcome beyond = eval("text,label\ngood,1\n", "csv", {"--max-length", "513"});
  CHECK(beyond.status == 2);
  CHECK(beyond.err == "distilbert: --max-length: expected at most 512, the tokens that the model takes, found 513\n");
}
