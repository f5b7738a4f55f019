#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "program.hpp"
#include "support/golden.hpp"

namespace {

namespace json = distilbert::json;
using strings = std::vector<std::string>;

std::string json_line(const std::string& text) {
  std::string line = "{\"text\":\"";
  for (const char c : text) {
    if (c == '\n' || c == '\t')
      line += c == '\n' ? "\\n" : "\\t";
    else
      line += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return line + "\"}\n";
}

// The texts of the golden by model, with what the pipeline said of each.
std::map<std::string, std::vector<json::value>> pipeline_goldens() {
  std::map<std::string, std::vector<json::value>> by_model;
  for (const std::string& line : read_lines(DISTILBERT_TOOL_TESTS "/pipeline_golden.jsonl.gz")) {
    json::value v = json::parse(line, "golden").value();
    const std::string name = v.find("model")->string;
    by_model[name].push_back(std::move(v));
  }
  return by_model;
}

void check_score(const json::value& got, const json::value& expected) {
  CHECK(got.find("label")->string == expected.find("label")->string);
  CHECK(std::abs(got.find("score")->number - expected.find("score")->number) < 1e-5);
}

void check_ranking(const json::value& got, const json::value& expected) {
  REQUIRE(got.items.size() == expected.items.size());
  for (std::size_t i = 0; i < got.items.size(); ++i) check_score(got.items[i], expected.items[i]);
}

const char* const film = "A gripping, beautifully shot film.";

}  // namespace

TEST_CASE("labels, scores and their order are those of Transformers' pipeline") {
  for (const auto& of_model : pipeline_goldens()) {
    const std::string& name = of_model.first;
    const std::vector<json::value>& goldens = of_model.second;
    CAPTURE(name);
    std::string input;
    for (const json::value& golden : goldens) input += json_line(golden.find("text")->string);
    const strings common = {"classify", "--model", model(name),       "--input", "-",
                            "--format", "jsonl",   "--output-format", "jsonl"};
    const auto answers = [&](strings more) {
      more.insert(more.begin(), common.begin(), common.end());
      const outcome got = run(more, input);
      CHECK(got.status == 0);
      CHECK(got.err.empty());
      std::vector<json::value> lines;
      for (const std::string& line : got.lines()) lines.push_back(json::parse(line, "answer").value());
      REQUIRE(lines.size() == goldens.size());
      return lines;
    };

    const auto plain = answers({}), all = answers({"--top-k", "all"}), two = answers({"--top-k", "2"});
    for (std::size_t i = 0; i < goldens.size(); ++i) {
      CAPTURE(goldens[i].find("text")->string);
      check_score(plain[i], *goldens[i].find("one"));
      CHECK(plain[i].find("truncated")->boolean == goldens[i].find("truncated")->boolean);
      check_ranking(*all[i].find("scores"), *goldens[i].find("default"));
      check_ranking(*two[i].find("scores"), *goldens[i].find("two"));
    }
    for (const char* function : {"softmax", "sigmoid", "none"}) {
      CAPTURE(function);
      const auto lines = answers({"--top-k", "all", "--function", function});
      for (std::size_t i = 0; i < goldens.size(); ++i) {
        CAPTURE(goldens[i].find("text")->string);
        check_ranking(*lines[i].find("scores"), *goldens[i].find(function));
        check_score(lines[i], goldens[i].find(function)->items[0]);
      }
    }
  }
}

TEST_CASE("a JSON answer has the keys asked for, in a fixed order") {
  const auto keys = [](strings more) {
    more.insert(more.begin(), {"classify", film, "--output-format", "jsonl"});
    strings names;
    for (const json::member& m : run(more).json().members) names.push_back(m.name);
    return names;
  };
  CHECK(keys({}) == strings{"label", "score", "truncated"});
  CHECK(keys({"--top-k", "1"}) == strings{"label", "score", "truncated", "scores"});
  CHECK(keys({"--logits"}) == strings{"label", "score", "truncated", "logits"});
  CHECK(keys({"--logits", "--top-k", "all"}) == strings{"label", "score", "truncated", "scores", "logits"});
}

TEST_CASE("a printed score is a float32 widened to a double, and a printed logit too") {
  const json::value answer = run({"classify", film, "--output-format", "jsonl", "--logits"}).json();
  const double score = answer.find("score")->number;
  CHECK(static_cast<double>(static_cast<float>(score)) == score);
  REQUIRE(answer.find("logits")->items.size() == 2);
  for (const json::value& logit : answer.find("logits")->items)
    CHECK(static_cast<double>(static_cast<float>(logit.number)) == logit.number);
}

TEST_CASE("the answers of the dev set are the same alone and together, with any number of threads") {
  const strings dev = {"classify", "--input", dev_set, "--output-format", "jsonl", "--logits"};
  const auto with = [&](strings more) {
    more.insert(more.begin(), dev.begin(), dev.end());
    return run(more).out;
  };
  const std::string all = with({});
  CHECK(with({"--threads", "2"}) == all);
  CHECK(with({"-j", "0"}) == all);
  const std::string first = all.substr(0, all.find('\n') + 1);
  CHECK(run({"classify", "--output-format", "jsonl", "--logits", "it 's a charming and often affecting journey . "})
            .out == first);
}

TEST_CASE("texts of the command line are answered in order, with the text beside the answer") {
  const outcome got = run({"classify", film, "Dull\tand\nlifeless."});
  CHECK(got.status == 0);
  CHECK(got.out == "POSITIVE\t0.9996\tA gripping, beautifully shot film.\nNEGATIVE\t0.9972\tDull and lifeless.\n");
}

TEST_CASE("a text may look like anything") {
  const strings odd = {"", "[MASK]", "[a,b]", "{}", "%%", "eval", "++", "-", "-5", "'", "\xFF\xFE"};
  strings arguments = {"classify", "--output-format", "jsonl"};
  arguments.insert(arguments.end(), odd.begin(), odd.end());
  std::string lines;
  for (const std::string& text : odd) lines += text + "\n";
  const outcome got = run(arguments);
  CHECK(got.status == 0);
  CHECK(got.lines().size() == odd.size());
  CHECK(got.out == run({"classify", "--output-format", "jsonl"}, lines).out);
}

TEST_CASE("after two hyphens a text may look like an option") {
  const outcome got = run({"classify", "--output-format", "jsonl", "--", "--logits", "--", "-x"});
  CHECK(got.status == 0);
  CHECK(got.out == run({"classify", "--output-format", "jsonl"}, "--logits\n--\n-x\n").out);
}

TEST_CASE("without a text or file, standard input is read as lines") {
  const outcome got = run({"classify"}, std::string(film) + "\r\n\nDull.");
  CHECK(got.status == 0);
  REQUIRE(got.lines().size() == 3);
  CHECK(got.lines()[0] == "POSITIVE\t0.9996\tA gripping, beautifully shot film.");
}

TEST_CASE("no text is no answer and no error") {
  const outcome got = run({"classify"}, "");
  CHECK(got.status == 0);
  CHECK(got.out.empty());
  CHECK(run({"classify", "--output-format", "csv"}, "").out == "label,score,truncated\n");
}

TEST_CASE("CSV and TSV answers have a header, and columns of scores and logits by label") {
  const outcome csv = run({"classify", film, "--output-format", "csv", "--top-k", "1", "--logits"});
  REQUIRE(csv.lines().size() == 2);
  CHECK(csv.lines()[0] == "label,score,truncated,score_NEGATIVE,score_POSITIVE,logit_NEGATIVE,logit_POSITIVE");
  const json::value answer = run({"classify", film, "--output-format", "jsonl", "--logits"}).json();
  CHECK(csv.lines()[1].starts_with("POSITIVE,0.99"));
  CHECK(csv.lines()[1].find(",false,,0.99") != std::string::npos);
  const outcome tsv = run({"classify", film, "--output-format", "tsv"});
  REQUIRE(tsv.lines().size() == 2);
  CHECK(tsv.lines()[0] == "label\tscore\ttruncated");
  CHECK(tsv.lines()[1].starts_with("POSITIVE\t0.99"));
  CHECK(tsv.lines()[1].ends_with("\tfalse"));
}

TEST_CASE("a text beyond the model's limit is cut and says so") {
  std::string longest;
  for (int i = 0; i < 510; ++i) longest += "good ";
  CHECK(!run({"classify", "--output-format", "jsonl", longest}).json().find("truncated")->boolean);
  CHECK(run({"classify", "--output-format", "jsonl", longest + "bad"}).json().find("truncated")->boolean);
  CHECK(run({"classify", longest + "bad"}).out.find("\t(truncated) good") != std::string::npos);
}

TEST_CASE("--max-length cuts as if the rest had not been there") {
  const json::value cut =
      run({"classify", "--output-format", "jsonl", "--max-length", "4", "good good bad bad"}).json();
  CHECK(cut.find("truncated")->boolean);
  CHECK(cut.find("score")->number ==
        run({"classify", "--output-format", "jsonl", "good good"}).json().find("score")->number);
}

TEST_CASE("--max-length beyond the model's limit names both numbers") {
  const outcome got = run({"classify", "--max-length", "513", film});
  CHECK(got.status == 2);
  CHECK(got.err == "distilbert: --max-length: expected at most 512, the tokens that the model takes, found 513\n");
  CHECK(run({"classify", "--max-length", "512", film}).status == 0);
  CHECK(run({"classify", "--max-length", "1", film}).status == 2);
}

TEST_CASE("every runnable instruction set can be asked for, and an unknown one is refused by their names") {
  const outcome got = run({"classify", "--isa", "mmx", film});
  CHECK(got.status == 2);
  CHECK(got.err.starts_with("distilbert: --isa: expected baseline"));
  CHECK(got.err.find(", found mmx\n") != std::string::npos);
  const outcome baseline = run({"classify", "--isa", "baseline", film});
  CHECK(baseline.status == 0);
  CHECK(baseline.out.starts_with("POSITIVE"));
}

TEST_CASE("what was answered before a bad line stays valid") {
  const outcome got =
      run({"classify", "--input", "-", "--format", "jsonl"}, json_line(film) + json_line(film) + "{\"text\":1}\n");
  CHECK(got.status == 1);
  CHECK(got.out ==
        "POSITIVE\t0.9996\tA gripping, beautifully shot film.\nPOSITIVE\t0.9996\tA gripping, beautifully shot film.\n");
  CHECK(got.err == "distilbert: standard input:3: field \"text\": expected a string, found an integer\n");
}
