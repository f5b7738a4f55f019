#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "measure/timing.hpp"
#include "program.hpp"
#include "support/golden.hpp"

namespace {

using strings = std::vector<std::string>;
using distilbert::json::value;

const std::string tiny = model("tiny-three-labels");  // 64 positions

outcome bench(strings more) {
  more.insert(more.begin(), {"bench", "--model", tiny, "--rounds", "2"});
  return run(more);
}

double number(const value& row, const char* name) { return row.find(name)->number; }

// What the tool answers to these lines; the first answer is its greeting.
outcome converse(const std::string& lines) { return run({"bench", "--interactive", "--model", tiny}, lines); }

value parsed(const std::string& line) { return distilbert::json::parse(line, "answer").value(); }

}  // namespace

TEST_CASE("bench has a row for each length") {
  const outcome got = bench({"--lengths", "8,3", "--output-format", "json", "--isa", "baseline", "--threads", "2"});
  CHECK(got.status == 0);
  CHECK(got.err.empty());
  const value rows = got.json();
  REQUIRE(rows.items.size() == 2);
  CHECK(rows.items[0].find("length")->integer == 8);
  CHECK(rows.items[1].find("length")->integer == 3);
  for (const value& row : rows.items) {
    CHECK(row.find("threads")->integer == 2);
    CHECK(row.find("isa")->string == "baseline");
    CHECK(row.find("weights")->string == "f32");
    CHECK(row.find("texts")->integer == 1);
    CHECK(row.find("tokens")->integer == row.find("length")->integer);
    CHECK(row.find("rounds")->integer == 2);
    const double best = number(row, "best_ms");
    CHECK(best > 0);
    CHECK(number(row, "median_ms") >= best);
    CHECK(number(row, "texts_per_second") == doctest::Approx(1e3 / best));
    CHECK(number(row, "tokens_per_second") ==
          doctest::Approx(static_cast<double>(row.find("tokens")->integer) * 1e3 / best));
    CHECK(number(row, "fma_peak_gflops") > 0);
    CHECK(number(row, "bandwidth_gb_per_second") > 0);
    CHECK(number(row, "percent_of_fma_peak") ==
          doctest::Approx(100 * number(row, "gflops") / number(row, "fma_peak_gflops")));
    CHECK(number(row, "percent_of_bandwidth") ==
          doctest::Approx(100 * number(row, "weights_gb_per_second") / number(row, "bandwidth_gb_per_second")));
  }
}

TEST_CASE("the work of a pass is that of its products, the last layer's for [CLS] alone") {
  // dim 32, hidden_dim 64, 2 layers, 3 labels, 8 tokens, counted by hand in multiply-adds: a whole layer
  // 8 * (4 * 32 * 32 + 2 * 32 * 64) + 2 * 8 * 8 * 32; the last one 8 * 2 * 32 * 32 for K and V, 2 * 32 * 32 + 2 * 32 *
  // 64 for the row of [CLS], 2 * 8 * 32 for its attention; the head 32 * 32 + 3 * 32.
  constexpr double multiply_adds = 65536 + 4096 + 16384 + 6144 + 512 + 1120;
  constexpr double weights = 2 * (4 * 32 * 32 + 2 * 32 * 64) + 1120;
  const value row = bench({"--lengths", "8", "--output-format", "json"}).json().items.at(0);
  CHECK(number(row, "gflops") * number(row, "best_ms") * 1e6 == doctest::Approx(2 * multiply_adds));
  CHECK(number(row, "weights_gb_per_second") * number(row, "best_ms") * 1e6 == doctest::Approx(4 * weights));
}

TEST_CASE("without --lengths the usual ones are timed that the model takes") {
  const value rows = bench({"--output-format", "json"}).json();
  std::string lengths;
  for (const value& row : rows.items) lengths += std::to_string(row.find("length")->integer) + " ";
  CHECK(lengths == "8 16 32 64 ");
}

TEST_CASE("a length beyond the model's is wrong usage") {
  const outcome got = bench({"--lengths", "8,65"});
  CHECK(got.status == 2);
  CHECK(got.out.empty());
  CHECK(got.err == "distilbert: --lengths: expected at most 64, the tokens that the model takes, found 65\n");
}

TEST_CASE("the texts of a file are one batch, in any format") {
  const temporary_directory files;
  files.write("texts.tsv", "sentence\tlabel\nthe\t1\nthe the\t0\n");
  files.write("texts.jsonl", "{\"text\":\"the\"}\n{\"text\":\"the the\"}\n");
  for (const char* name : {"texts.tsv", "texts.jsonl"}) {
    const outcome got = bench({"--batch", (files.path() / name).string(), "--output-format", "json"});
    CHECK(got.status == 0);
    const value rows = got.json();
    REQUIRE(rows.items.size() == 1);
    CHECK(rows.items[0].find("length")->is(value::kind::null));
    CHECK(rows.items[0].find("texts")->integer == 2);
    CHECK(rows.items[0].find("tokens")->integer == 7);  // [CLS] the [SEP], [CLS] the the [SEP]
    CHECK(number(rows.items[0], "texts_per_second") == doctest::Approx(2e3 / number(rows.items[0], "best_ms")));
  }
}

TEST_CASE("a batch follows the lengths that are named, and csv leaves its length empty") {
  const temporary_directory files;
  files.write("texts", "the\n");
  const outcome got = bench({"--lengths", "8", "--batch", (files.path() / "texts").string(), "--output-format", "csv"});
  CHECK(got.status == 0);
  const strings lines = got.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("length,threads,isa,weights,best_ms,median_ms,tokens_per_second,texts_per_second,"));
  CHECK(lines[1].starts_with("8,1,"));
  CHECK(lines[2].starts_with(",1,"));
  for (const std::string& line : lines)
    CHECK(std::count(line.begin(), line.end(), ',') == std::count(lines[0].begin(), lines[0].end(), ','));
}

TEST_CASE("a batch that has no texts or cannot be read is refused") {
  const temporary_directory files;
  files.write("empty", "");
  files.write("bad.jsonl", "{\"text\":1}\n");
  const outcome empty = bench({"--batch", (files.path() / "empty").string()});
  CHECK(empty.status == 1);
  CHECK(empty.err.ends_with("empty: expected texts, found none\n"));
  const outcome bad = bench({"--batch", (files.path() / "bad.jsonl").string()});
  CHECK(bad.status == 1);
  CHECK(bad.err.find("bad.jsonl:1: ") != std::string::npos);
}

TEST_CASE("the figures in text name the machine's limits, then a line for each row") {
  const outcome got = bench({"--lengths", "8,16"});
  CHECK(got.status == 0);
  const strings lines = got.lines();
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].find(", f32, 1 thread, best of 2: FMA peak ") != std::string::npos);
  CHECK(lines[2].find("best ms") != std::string::npos);
  CHECK(lines[3].starts_with("     1       8 "));
  CHECK(lines[4].starts_with("     1      16 "));
}

TEST_CASE("asked for logits, an interactive bench gives those of the goldens") {
  const auto goldens = read_goldens(tiny + "/golden.jsonl.gz");
  std::string batches;
  for (const golden& g : goldens) {
    batches += batches.empty() ? "[[" : "],[[";
    for (std::size_t i = 0; i < g.ids.size(); ++i) batches.append(i > 0 ? "," : "").append(std::to_string(g.ids[i]));
    batches += "]";
  }
  const outcome got = converse("{\"batches\":[" + batches + "]]}\n");
  CHECK(got.status == 0);
  REQUIRE(got.lines().size() == 2);
  const value hello = parsed(got.lines()[0]), answer = parsed(got.lines()[1]);
  CHECK(hello.find("threads")->integer == 1);
  CHECK(hello.find("weights")->string == "f32");
  CHECK(number(hello, "load_ms") > 0);
  const auto& logits = answer.find("logits")->items;
  REQUIRE(logits.size() == goldens.size());
  for (std::size_t t = 0; t < goldens.size(); ++t)
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(logits[t].items.at(i).number - goldens[t].f64[i]) < 2e-5);
}

TEST_CASE("asked for milliseconds, an interactive bench gives those of calls that take as long") {
  const outcome got =
      converse("{\"batches\":[[[5,6]]],\"milliseconds\":5}\n{\"tokenize\":[\"the\"],\"milliseconds\":5}\n" +
               std::string("{\"batches\":[[[5,6]]],\"milliseconds\":0,\"warm_up\":false}\n"));
  CHECK(got.status == 0);
  const strings lines = got.lines();
  REQUIRE(lines.size() == 4);
  for (const std::size_t line : {1U, 2U}) {
    const value answer = parsed(lines[line]);
    double sum = 0;
    for (const value& ms : answer.find("ms")->items) sum += ms.number;
    CHECK(sum >= 5);
  }
  CHECK(parsed(lines[3]).find("ms")->items.size() == 1);
}

TEST_CASE("an interactive bench tells ids, and the machine's limits") {
  const outcome got = converse("{\"tokenize\":[\"the\"],\"offsets\":true}\n{\"limits\":[[8],[8,8]]}\n");
  CHECK(got.status == 0);
  REQUIRE(got.lines().size() == 3);
  const value tokens = parsed(run({"tokenize", "--model", tiny, "--output-format", "jsonl", "the"}).out);
  const value answer = parsed(got.lines()[1]);
  const auto &want = tokens.find("ids")->items, &found = answer.find("ids")->items.at(0).items;
  REQUIRE(found.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) CHECK(found[i].integer == want[i].integer);
  const value limits = parsed(got.lines()[2]);
  CHECK(number(limits, "flops") > 0);
  CHECK(number(limits, "bytes_per_second") > 0);
  const auto& work = limits.find("work")->items;
  REQUIRE(work.size() == 2);
  CHECK(number(work[0], "flop") == 187584);  // by the count above
  CHECK(number(work[0], "bytes") == 70016);
  CHECK(number(work[1], "flop") == 2 * 187584);
  CHECK(number(work[1], "bytes") == 70016);
}

TEST_CASE("a line that an interactive bench cannot answer is named") {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"x", "expected a JSON object"},
      {"{}", "expected \"batches\", \"tokenize\" or \"limits\", found none of them"},
      {R"({"batches":[[["x"]]]})", "type must be number, but is string"},
      {R"({"batches":[[[]]]})", "text 0: expected 1 to 64 tokens, found 0"},
      {R"({"batches":[[[99999]]],"milliseconds":1})", "text 0, token 0: expected an id below 1500, found 99999"},
  };
  for (const auto& known : wrong) {
    const std::string &line = known.first, &message = known.second;
    const outcome got = converse("{\"tokenize\":[]}\n" + line + "\n");
    CAPTURE(line);
    CHECK(got.status == 1);
    CHECK(got.lines().size() == 2);
    CHECK(got.err.starts_with("distilbert: standard input:2: "));
    CHECK(got.err.find(message) != std::string::npos);
  }
}

TEST_CASE("the median of an even number of rounds is the mean of the two in the middle") {
  CHECK(measure::timings_of({4, 1, 3}).median == 3);
  CHECK(measure::timings_of({4, 1, 3, 2}).median == 2.5);
  CHECK(measure::timings_of({4, 1, 3, 2}).best == 1);
}

TEST_CASE("the first round is not counted") {
  int calls = 0;
  const auto found = measure::time_rounds(2, [&] { return ++calls == 1 ? 100.0 : static_cast<double>(calls); });
  CHECK(calls == 3);
  CHECK(found.best == 2);
  CHECK(found.median == 2.5);
}
