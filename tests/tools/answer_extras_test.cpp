#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "program.hpp"

namespace {

using strings = std::vector<std::string>;

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

distilbert::json::value classified(strings options, const std::string& text) {
  options.insert(options.begin(), {"classify", "--output-format", "jsonl"});
  options.insert(options.end(), {"--", text});
  const outcome got = run(options);
  REQUIRE(got.status == 0);
  return got.json();
}

const std::string film = "A gripping, beautifully shot film. ";

}  // namespace

TEST_CASE("classify reads long texts in windows and says where they lie") {
  const auto answer = classified({"--overflow", "windows", "--max-length", "32", "--stride", "10"}, repeated(film, 10));
  CHECK(answer.find("label")->string == "POSITIVE");
  CHECK(!answer.find("truncated")->boolean);
  CHECK(answer.find("tokens")->integer == 70);
  CHECK(answer.find("tokens_cut")->integer == 0);
  CHECK(answer.find("cut")->is(distilbert::json::value::kind::null));
  const auto& windows = answer.find("windows")->items;
  REQUIRE(windows.size() == 3);
  CHECK(windows[0].find("begin")->integer == 0);
  CHECK(windows[2].find("end")->integer == repeated(film, 10).size() - 1);
  CHECK(windows[0].find("tokens")->integer == 30);
}

TEST_CASE("classify says what it cut, or refuses the text") {
  const std::string text = repeated(film, 10);
  const auto tail = classified({"--overflow", "tail", "--max-length", "37"}, text);
  CHECK(tail.find("truncated")->boolean);
  CHECK(tail.find("tokens_cut")->integer == 35);
  CHECK(tail.find("cut")->find("begin")->integer == 0);
  CHECK(tail.find("cut")->find("end")->integer == film.size() * 5 - 1);

  const strings refuse = {"classify", "--overflow", "error", "--max-length", "37", "--input", "-"};
  const std::string input = "Dull.\n" + text + "\nGood.\n";
  const std::string message = "standard input:2: expected at most 37 tokens, special ones included, found 72";
  const outcome got = run(refuse, input);
  CHECK(got.status == 1);
  CHECK(got.err == "distilbert: " + message + "\n");
  strings recording = refuse;
  recording.insert(recording.end(), {"--on-error", "record"});
  const outcome recorded = run(recording, input);
  REQUIRE(recorded.lines().size() == 3);
  CHECK(recorded.lines()[1] == "(error)\t" + message);
  CHECK(recorded.lines()[2].starts_with("POSITIVE\t"));
}

TEST_CASE("classify gives the label of each sentence") {
  const auto answer = classified({"--sentences"}, "The food was great. The waiter was awful!");
  const auto& sentences = answer.find("sentences")->items;
  REQUIRE(sentences.size() == 2);
  CHECK(sentences[0].find("label")->string == "POSITIVE");
  CHECK(sentences[1].find("label")->string == "NEGATIVE");
  CHECK(sentences[1].find("begin")->integer == 20);
}

TEST_CASE("classify abstains where it is asked to, and only there") {
  const std::string text = "The package arrived on Tuesday.";
  const double score = classified({}, text).find("score")->number;
  const auto above =
      classified({"--neutral", std::to_string(std::nextafter(static_cast<float>(score), 2.0F) + 1e-5F)}, text);
  CHECK(above.find("label")->string == "UNSURE");
  CHECK(above.find("score")->number == score);
  CHECK(classified({"--neutral", "0.5"}, text).find("label")->string == "POSITIVE");
  CHECK(classified({"--neutral", "0.1..0.9999"}, "Dull.").find("label")->string == "NEGATIVE");
  CHECK(classified({"--neutral", "0..1"}, "Dull.").find("label")->string == "NEUTRAL");
}

TEST_CASE("classify gives signals as fields, columns and remarks") {
  const auto answer = classified({"--signals"}, "Le film est tr\xC3\xA8s bon et les acteurs sont bons");
  CHECK(answer.find("not_english")->boolean);
  CHECK(!answer.find("empty")->boolean);
  CHECK(answer.find("unknown_tokens")->number == 0);
  const double score = answer.find("score")->number;
  CHECK(answer.find("margin")->number == doctest::Approx(2 * score - 1).epsilon(1e-5));

  const outcome table = run({"classify", "--signals", "--output-format", "csv", "Fine.", ""});
  REQUIRE(table.lines().size() == 3);
  CHECK(table.lines()[0] == "label,score,truncated,empty,not_english,unknown_tokens,other_letters,emoji,margin,spread");
  CHECK(table.lines()[1].find(",false,false,false,0.0,0.0,0.0,") != std::string::npos);
  CHECK(table.lines()[2].find(",false,true,false,") != std::string::npos);
  CHECK(run({"classify", "--signals", ""}).out.find("(empty) ") != std::string::npos);
  CHECK(run({"classify", "--signals", "--overflow", "windows", "--max-length", "32",
             repeated(film, 5) + repeated("Dull, lifeless, boring mess, an insult. ", 5)})
            .out.find("(mixed) ") != std::string::npos);
}

TEST_CASE("the answers without a wish for more are the same bytes") {
  CHECK(run({"classify", "--output-format", "jsonl", "Dull."}).out ==
        run({"classify", "--output-format", "jsonl", "--neutral", "0", "Dull."}).out);
}

TEST_CASE("options that do not go together are refused") {
  const auto refused = [](strings options) {
    options.insert(options.begin(), "classify");
    options.emplace_back("x");
    const outcome got = run(options);
    CHECK(got.status == 2);
    return got.err;
  };
  CHECK(refused({"--stride", "3"}) == "distilbert: --stride: expected --overflow windows with it\n");
  CHECK(refused({"--neutral", "abc"}) ==
        "distilbert: --neutral: expected a score such as 0.8 or a band such as 0.35..0.65, found abc\n");
  CHECK(refused({"--neutral", "0.3..0.6", "--model", model("tiny-three-labels")})
            .find("a band is for models of two labels") != std::string::npos);
  CHECK(refused({"--logits", "--overflow", "windows"}) ==
        "distilbert: --logits: expected one window, found --overflow windows\n");
  CHECK(refused({"--overflow", "half"}).find("--overflow: expected error|head|tail|head-tail|windows, found half") !=
        std::string::npos);
  CHECK(refused({"--overflow", "windows", "--max-length", "2"}) ==
        "distilbert: max_length: expected room for a token beside 2 special ones, found 2\n");
}
