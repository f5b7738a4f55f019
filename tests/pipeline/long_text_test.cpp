#include "distilbert/pipeline/long_text.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/thread_pool.hpp"
#include "distilbert/text/utf8.hpp"
#include "support/allocations.hpp"
#include "support/golden.hpp"
#include "support/kernels.hpp"

using distilbert::errc;
using distilbert::long_classification;
using distilbert::long_text_classifier;
using distilbert::long_text_options;
using distilbert::overflow;
using distilbert::text_classifier;
using distilbert::token_offsets;

namespace {

const std::string mini = std::string(DISTILBERT_MODELS) + "/sst2-mini";

const text_classifier& plain() {
  static const text_classifier classifier = text_classifier::load(mini).value();
  return classifier;
}

// The one answer about a text; valid until the reader's next call.
const long_classification& ask(long_text_classifier& reader, std::string_view text, const long_text_options& options) {
  return reader({&text, 1}, options).value()[0];
}

std::vector<std::uint32_t> bits(std::span<const float> numbers) {
  std::vector<std::uint32_t> all;
  for (const float x : numbers) all.push_back(bits_of(x));
  return all;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// 14 words, of a token each.
const std::string_view praise = "a film so good that it made me laugh and cry and laugh . ";
const std::string_view blame = "a film so bad that it made me angry and sad and bored . ";

}  // namespace

TEST_CASE("windows are those of Transformers' tokenizer, with the same logits as their ids alone") {
  long_text_classifier reader(plain());
  text_classifier alone = plain();
  std::size_t windows = 0;
  for (const std::string& line : read_lines(std::string(DISTILBERT_TEST_DATA) + "/long_text/windows.jsonl.gz")) {
    const auto golden = distilbert::json::parse(line, "golden").value();
    const std::string& text = golden.find("text")->string;
    const auto& expected = golden.find("windows")->items;
    const auto& answer =
        ask(reader, text, {.max_length = golden.find("max_length")->integer, .stride = golden.find("stride")->integer});
    REQUIRE(answer.windows.size() == expected.size());
    CHECK(answer.tokens_cut == 0);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& window = answer.windows[i];
      std::vector<std::int32_t> ids;
      for (const auto& id : expected[i].find("ids")->items) ids.push_back(static_cast<std::int32_t>(id.integer));
      const std::vector<std::size_t> starts = {0, ids.size()};
      CHECK(window.tokens == ids.size() - 2);
      CHECK(distilbert::utf8::count(std::string_view(text).substr(0, window.bytes.begin)) ==
            expected[i].find("begin")->integer);
      CHECK(distilbert::utf8::count(std::string_view(text).substr(0, window.bytes.end)) ==
            expected[i].find("end")->integer);
      CHECK(bits(window.logits) == bits(alone.classify_ids({ids, starts}).value()[0].logits));
      ++windows;
    }
  }
  CHECK(windows > 50);
}

TEST_CASE("a short text gets the bits of text_classifier, whatever the policy") {
  long_text_classifier reader(plain());
  text_classifier alone = plain();
  for (const std::string_view text : {"A gripping, beautifully shot film.", "", " ", "\xFF\xFE", "[SEP]"})
    for (const overflow policy :
         {overflow::error, overflow::head, overflow::tail, overflow::head_tail, overflow::windows}) {
      CAPTURE(text);
      const auto expected = alone(text);
      const auto& answer = ask(reader, text, {.policy = policy});
      CHECK(bits(answer.scores) == bits(expected.scores));
      CHECK(bits(answer.windows[0].logits) == bits(expected.logits));
      CHECK(answer.label == expected.label);
      CHECK(answer.tokens + 2 == expected.tokens);
      CHECK(answer.tokens_cut == 0);
      CHECK(answer.windows.size() == 1);
      CHECK(answer.spread() == 0);
    }
}

TEST_CASE("the answer is the mean of the windows, weighted by their tokens") {
  long_text_classifier reader(plain());
  const std::string text = repeated(praise, 3) + repeated(blame, 2);  // 42 + 28 tokens: windows of 30, 30 and 10
  const auto& answer = ask(reader, text, {.max_length = 32});
  REQUIRE(answer.windows.size() == 3);
  CHECK(answer.tokens == 70);
  for (std::size_t label = 0; label < 2; ++label) {
    const auto score = [&](std::size_t w) { return static_cast<double>(answer.windows[w].scores[label]); };
    CHECK(static_cast<double>(answer.scores[label]) ==
          doctest::Approx((30 * score(0) + 30 * score(1) + 10 * score(2)) / 70).epsilon(1e-6));
  }
  CHECK(answer.windows[0].label == "POSITIVE");
  CHECK(answer.windows[2].label == "NEGATIVE");
  CHECK(answer.spread() > 0.5F);
}

TEST_CASE("head and tail say which bytes were cut") {
  long_text_classifier reader(plain());
  text_classifier alone = plain();
  const std::string text = repeated(praise, 4) + repeated(blame, 4);
  const std::string_view first = std::string_view(text).substr(0, praise.size() * 4);
  const std::string_view last = std::string_view(text).substr(first.size());

  const auto& head = ask(reader, text, {.policy = overflow::head, .max_length = 4 * 14 + 2});
  CHECK(head.tokens == 8 * 14);
  CHECK(head.tokens_cut == 4 * 14);
  CHECK(head.cut == token_offsets{first.size(), text.size() - 1});
  CHECK(bits(head.scores) == bits(alone(first).scores));

  const auto& tail = ask(reader, text, {.policy = overflow::tail, .max_length = 4 * 14 + 2});
  CHECK(tail.tokens_cut == 4 * 14);
  CHECK(tail.cut == token_offsets{0, first.size() - 1});
  CHECK(tail.windows[0].bytes == token_offsets{first.size(), text.size() - 1});
  CHECK(bits(tail.scores) == bits(alone(last).scores));
}

TEST_CASE("head_tail reads a quarter from the front and cuts the middle") {
  long_text_classifier reader(plain());
  text_classifier alone = plain();
  const std::string text = repeated(praise, 4) + repeated(blame, 4);
  const auto& answer = ask(reader, text, {.policy = overflow::head_tail, .max_length = 4 * 14 + 2});
  CHECK(answer.tokens_cut == 4 * 14);
  CHECK(answer.cut == token_offsets{praise.size(), praise.size() * 4 + blame.size() - 1});
  CHECK(answer.windows[0].bytes == token_offsets{0, text.size() - 1});
  CHECK(bits(answer.scores) == bits(alone(std::string(praise) + repeated(blame, 3)).scores));
}

TEST_CASE("a text that is too long is an error where that is asked for") {
  long_text_classifier reader(plain());
  const std::string text = repeated("good ", 511);
  const std::vector<std::string_view> texts = {"short", text};
  const auto answer = reader(texts, {.policy = overflow::error});
  REQUIRE(!answer);
  CHECK(answer.error().code == errc::invalid_input);
  CHECK(answer.error().message == "text 1: expected at most 512 tokens, special ones included, found 513");
}

TEST_CASE("options that make no sense are errors") {
  long_text_classifier reader(plain());
  const std::string_view text = "x";
  const auto message = [&](const long_text_options& options) {
    const auto answer = reader({&text, 1}, options);
    REQUIRE(!answer);
    CHECK(answer.error().code == errc::invalid_argument);
    return answer.error().message;
  };
  CHECK(message({.max_length = 2}) == "max_length: expected room for a token beside 2 special ones, found 2");
  CHECK(message({.max_length = 10, .stride = 8}) == "stride: expected less than the 8 tokens of a window, found 8");
  CHECK(message({.temperature = 0}) == "temperature: expected a number above 0");
  CHECK(message({.temperature = std::nan("")}) == "temperature: expected a number above 0");
}

TEST_CASE("each sentence gets the answer that it would get alone, at its place in the text") {
  long_text_classifier reader(plain());
  text_classifier alone = plain();
  const std::string text = "The food was great. The waiter, however, was awful!  We left\n\nGood bye";
  const auto answers = reader.sentences(text).value();
  REQUIRE(answers.size() == 4);
  for (const long_classification& answer : answers) {
    const std::string_view sentence =
        std::string_view(text).substr(answer.bytes.begin, answer.bytes.end - answer.bytes.begin);
    CHECK(bits(answer.scores) == bits(alone(sentence).scores));
    CHECK(answer.windows[0].bytes == answer.bytes);
  }
  CHECK(answers[0].label == "POSITIVE");
  CHECK(answers[1].label == "NEGATIVE");
  CHECK(reader.sentences("").value().empty());
}

TEST_CASE("texts together, in any order and on threads, give the bits that each gives alone") {
  long_text_classifier reader(plain()), alone(plain());
  const std::string longest = repeated(praise, 100), mixed = repeated(praise, 30) + repeated(blame, 30);
  const std::vector<std::string_view> texts = {mixed, "", longest, "Dull."};
  distilbert::thread_pool pool(2);
  const auto answers = reader(texts, {.stride = 10, .executor = pool}).value();
  REQUIRE(answers.size() == 4);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& expected = ask(alone, texts[i], {.stride = 10});
    CHECK(bits(answers[i].scores) == bits(expected.scores));
    REQUIRE(answers[i].windows.size() == expected.windows.size());
    for (std::size_t w = 0; w < expected.windows.size(); ++w)
      CHECK(bits(answers[i].windows[w].logits) == bits(expected.windows[w].logits));
  }
}

TEST_CASE("a temperature lowers certainty and keeps the label") {
  long_text_classifier reader(plain());
  const float before = ask(reader, praise, {}).score;
  const auto& cooler = ask(reader, praise, {.temperature = 2});
  CHECK(cooler.label == "POSITIVE");
  CHECK(cooler.score < before);
  const auto& w = cooler.windows[0];
  CHECK(static_cast<double>(cooler.score) ==
        doctest::Approx(1 / (1 + std::exp(static_cast<double>(w.logits[0] - w.logits[1]) / 2))).epsilon(1e-6));
}

TEST_CASE("long texts allocate nothing once their like has been seen") {
  long_text_classifier reader(plain());
  const std::string text = repeated(praise, 60);
  ask(reader, text, {.stride = 20});
  const long before = allocations;
  ask(reader, text, {.stride = 20});
  CHECK(allocations == before);
}
