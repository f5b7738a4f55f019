#include "distilbert/pipeline/explain.hpp"

#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/thread_pool.hpp"
#include "support/golden.hpp"
#include "support/kernels.hpp"

using distilbert::errc;
using distilbert::explain;
using distilbert::explain_options;
using distilbert::explained_part;
using distilbert::explanation;
using distilbert::text_classifier;

namespace {

const std::string mini = std::string(DISTILBERT_MODELS) + "/sst2-mini";

text_classifier& shared() {
  static text_classifier classifier = text_classifier::load(mini).value();
  return classifier;
}

double total(const explanation& why) {
  double sum = 0;
  for (const explained_part& part : why.parts) sum += part.contribution;
  return sum;
}

std::string part_text(std::string_view text, const explained_part& part) {
  return std::string(text.substr(part.bytes.begin, part.bytes.end - part.bytes.begin));
}

// Shapley values by their first definition: the mean over all n! orders of what a word adds where it comes. Words are
// strings here, joined anew for every subset.
std::vector<double> by_all_orders(const std::vector<std::string>& words, std::size_t label) {
  std::vector<double> sum(words.size());
  std::vector<std::size_t> order(words.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  double orders = 0;
  const auto value = [&](const std::vector<bool>& there) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
      if (there[i]) text += words[i] + " ";
    return static_cast<double>(shared()(text).logits[label]);
  };
  do {
    std::vector<bool> there(words.size());
    double before = value(there);
    for (const std::size_t i : order) {
      there[i] = true;
      const double after = value(there);
      sum[i] += after - before;
      before = after;
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  for (double& x : sum) x /= orders;
  return sum;
}

}  // namespace

TEST_CASE("an exact explanation is the mean over all orders of the words") {
  const std::string text = "not a  very\tgood film";
  const explanation why = explain(shared(), text).value();
  const auto expected = by_all_orders({"not", "a", "very", "good", "film"}, static_cast<std::size_t>(why.label_id));
  CHECK(why.exact);
  CHECK(why.evaluations == 32);
  REQUIRE(why.parts.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(std::abs(why.parts[i].contribution - expected[i]) < 1e-5);
    CHECK(why.parts[i].standard_error == 0);
  }
  CHECK(part_text(text, why.parts[2]) == "very");
}

TEST_CASE("sampled contributions agree with the exact ones within their standard errors") {
  const std::string_view text = "not a very good film , but often funny";
  const explanation exact = explain(shared(), text, {.exact_words = 9}).value();
  const explanation sampled = explain(shared(), text, {.permutations = 400, .exact_words = 0}).value();
  REQUIRE(exact.exact);
  REQUIRE(!sampled.exact);
  REQUIRE(sampled.parts.size() == 9);
  for (std::size_t i = 0; i < 9; ++i) {
    const double error = sampled.parts[i].standard_error;
    CHECK(error > 0);
    CHECK(error < 0.2);
    // Six standard errors: a sampled mean is beyond them once in 5e8.
    CHECK(std::abs(sampled.parts[i].contribution - exact.parts[i].contribution) < 6 * error + 1e-9);
  }
}

TEST_CASE("contributions add up to the difference between the text's logit and the empty text's") {
  std::size_t sampled = 0;
  const auto goldens = read_goldens(std::string(DISTILBERT_TEST_DATA) + "/models/sst2-mini/golden_dev.jsonl.gz");
  for (std::size_t i = 0; i < goldens.size(); i += 40) {
    const explanation why = explain(shared(), goldens[i].text, {.permutations = 4}).value();
    const auto label = static_cast<std::size_t>(why.label_id);
    CHECK(bits_of(static_cast<float>(why.logit)) == bits_of(shared()(goldens[i].text).logits[label]));
    CHECK(bits_of(static_cast<float>(why.empty_logit)) == bits_of(shared()("").logits[label]));
    CHECK(std::abs(total(why) - (why.logit - why.empty_logit)) < 1e-9);
    sampled += why.exact ? 0U : 1U;
  }
  CHECK(sampled > 10);
}

TEST_CASE("the same seed gives the same explanation on any executor, another seed another") {
  const std::string_view text = "one two three four five six seven eight nine ten eleven twelve";
  distilbert::thread_pool pool(2);
  const explanation first = explain(shared(), text, {.seed = 7}).value();
  const explanation again = explain(shared(), text, {.seed = 7, .executor = pool}).value();
  const explanation other = explain(shared(), text, {.seed = 8}).value();
  bool differs = false;
  for (std::size_t i = 0; i < first.parts.size(); ++i) {
    CHECK(first.parts[i].contribution == again.parts[i].contribution);
    CHECK(first.parts[i].standard_error == again.parts[i].standard_error);
    differs = differs || first.parts[i].contribution != other.parts[i].contribution;
  }
  CHECK(differs);
}

TEST_CASE("the words that carry a sentiment contribute most") {
  const std::string_view text = "I saw a wonderful film at the cinema on Tuesday evening with friends";
  const explanation why = explain(shared(), text, {.label_id = 1}).value();
  std::size_t most = 0;
  for (std::size_t i = 0; i < why.parts.size(); ++i)
    if (why.parts[i].contribution > why.parts[most].contribution) most = i;
  CHECK(part_text(text, why.parts[most]) == "wonderful");
}

TEST_CASE("a label may be named, and the other one's contributions go the other way") {
  const std::string_view text = "a wonderful film";
  const explanation positive = explain(shared(), text, {.label_id = 1}).value();
  const explanation negative = explain(shared(), text, {.label_id = 0}).value();
  CHECK(positive.label == "POSITIVE");
  CHECK(negative.label == "NEGATIVE");
  CHECK(positive.parts[1].contribution > 0);
  CHECK(negative.parts[1].contribution < 0);
  for (const std::int32_t id : {-1, 2}) {
    const auto wrong = explain(shared(), text, {.label_id = id});
    REQUIRE(!wrong);
    CHECK(wrong.error().code == errc::invalid_argument);
  }
}

TEST_CASE("where a text has more words than parts, neighbours are explained together") {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "word" + std::to_string(i) + (i % 2 == 0 ? "  " : "\n");
  const explanation why = explain(shared(), text, {.permutations = 4, .most_parts = 8}).value();
  CHECK(why.parts.size() == 8);
  CHECK(part_text(text, why.parts[7]).starts_with("word49"));
  CHECK(why.parts[0].bytes.begin == 0);
  CHECK(std::abs(total(why) - (why.logit - why.empty_logit)) < 1e-9);
}

TEST_CASE("words beyond max_length have no part") {
  const explanation why = explain(shared(), "good good good bad bad", {.max_length = 5}).value();
  CHECK(why.truncated);
  CHECK(why.parts.size() == 3);
}

TEST_CASE("texts without a word are explained by nothing") {
  for (const std::string_view text : {"", " \n ", "\xE2\x80\x8B"}) {
    const explanation why = explain(shared(), text).value();
    CHECK(why.parts.empty());
    CHECK(why.logit == why.empty_logit);
  }
  CHECK(explain(shared(), "\xFF\xFE good \xC3").value().parts.size() == 1);
}
