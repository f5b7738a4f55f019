#include "distilbert/pipeline/text_classifier.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/thread_pool.hpp"
#include "support/allocations.hpp"
#include "support/golden.hpp"
#include "support/kernels.hpp"

using distilbert::classification;
using distilbert::errc;
using distilbert::score_function;
using distilbert::text_classifier;

namespace {

const std::string data = DISTILBERT_TEST_DATA;
const std::string mini = std::string(DISTILBERT_MODELS) + "/sst2-mini";

text_classifier load_mini(std::string_view isa = "") { return text_classifier::load(mini, {.isa = isa}).value(); }

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::vector<golden>& dev_set() {
  static const auto goldens = read_goldens(data + "/models/sst2-mini/golden_dev.jsonl.gz");
  return goldens;
}

std::vector<std::string_view> texts_of(const std::vector<golden>& goldens) {
  std::vector<std::string_view> texts;
  for (const golden& g : goldens) texts.push_back(g.text);
  return texts;
}

using bits = std::vector<std::uint32_t>;

void append(bits& to, const classification& answer) {
  for (const float x : answer.logits) to.push_back(bits_of(x));
}

bits logits_alone(text_classifier& classifier, const std::vector<std::string_view>& texts) {
  bits all;
  for (const std::string_view text : texts) append(all, classifier(text));
  return all;
}

bits logits_in_batches(text_classifier& classifier, std::span<const std::string_view> texts, std::size_t size,
                       distilbert::parallel_ref executor = {}) {
  bits all;
  for (std::size_t i = 0; i < texts.size(); i += size) {
    const auto batch = texts.subspan(i, std::min(size, texts.size() - i));
    for (const classification& answer : classifier(batch, {.executor = executor})) append(all, answer);
  }
  return all;
}

// Gives a call up at its step of this number.
struct gives_up {
  struct now {};
  int steps;
  std::size_t concurrency() const noexcept { return 4; }
  template <class Function>
  void parallel_for(std::size_t n, const Function& f) {
    if (steps-- == 0) throw now();
    for (std::size_t i = 0; i < n; ++i) f(i);
  }
};

}  // namespace

TEST_CASE("three lines of C++ get a label") {
  auto classifier = text_classifier::load(mini).value();
  auto answer = classifier("A gripping, beautifully shot film.");
  CHECK(answer.label == "POSITIVE");
  CHECK(answer.score > 0.99F);
  CHECK(classifier("A dull, lifeless mess.").label == "NEGATIVE");
}

TEST_CASE("the labels of SST-2's dev set are right exactly as often as Transformers' are") {
  auto classifier = load_mini();
  const auto texts = texts_of(dev_set());
  const auto answers = classifier(texts);
  int correct = 0, same = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    correct += answers[i].label_id == dev_set()[i].label ? 1 : 0;
    same += answers[i].label_id == (dev_set()[i].f64[1] > dev_set()[i].f64[0] ? 1 : 0) ? 1 : 0;
    CHECK(answers[i].tokens == dev_set()[i].ids.size());
  }
  CHECK(same == 872);
  CHECK(correct == 787);
}

TEST_CASE("a text's logits are the same bits alone, in any batch, in any order and with any number of threads") {
  auto classifier = load_mini();
  const auto texts = texts_of(dev_set());
  const bits alone = logits_alone(classifier, texts);
  CHECK(logits_in_batches(classifier, texts, 7) == alone);
  CHECK(logits_in_batches(classifier, texts, texts.size()) == alone);
  for (const std::size_t threads : {1U, 2U, 5U}) {
    distilbert::thread_pool pool(threads);
    CHECK(logits_in_batches(classifier, texts, texts.size(), pool) == alone);
    CHECK(logits_in_batches(classifier, std::span(texts).first(100), 1, pool) ==
          bits(alone.begin(), alone.begin() + 200));
  }

  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::vector<std::string_view> shuffled;
  for (const std::size_t i : order) shuffled.push_back(texts[i]);
  const auto answers = classifier(shuffled);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t j = 0; j < 2; ++j) REQUIRE(bits_of(answers[i].logits[j]) == alone[2 * order[i] + j]);
}

TEST_CASE("the logits are the same bits on every instruction set with a fused multiply-add") {
  const auto texts = texts_of(dev_set());
  bits first;
  for_each_variant([&](const kernel_table& table) {
    if (!is_fused(table)) return;
    auto classifier = load_mini(table.name);
    const bits logits = logits_in_batches(classifier, texts, texts.size());
    if (first.empty()) first = logits;
    CHECK(logits == first);
  });
}

#if DISTILBERT_X86_64
TEST_CASE("a host that flushes subnormals and rounds upwards gets the same bits, and its own settings back") {
  const auto texts = texts_of(dev_set());
  const bits expected = [&] {
    auto classifier = load_mini();
    return logits_in_batches(classifier, texts, texts.size());
  }();
  const unsigned saved = _mm_getcsr(), hostile = (saved | 0x8040U | 0x4000U) & ~0x3FU;
  _mm_setcsr(hostile);
  auto classifier = load_mini();
  distilbert::thread_pool pool(3);
  const bits alone = logits_in_batches(classifier, texts, texts.size());
  const bits threaded = logits_in_batches(classifier, texts, texts.size(), pool);
  const unsigned after = _mm_getcsr() & ~0x3FU;
  _mm_setcsr(saved);
  CHECK(alone == expected);
  CHECK(threaded == expected);
  CHECK(after == hostile);
}
#endif

TEST_CASE("no call allocates once the classifier has seen a batch as large") {
  auto classifier = load_mini();
  distilbert::thread_pool pool(2);
  const auto texts = texts_of(dev_set());
  const std::string long_text(20000, 'x');
  const auto use = [&] {
    (void)classifier(texts, {.executor = pool});
    (void)classifier.top(classifier(texts[0]), 2);
    (void)classifier(long_text);
    (void)classifier("", {.function = score_function::sigmoid});
  };
  use();
  const long before = allocations;
  use();
  CHECK(allocations - before == 0);
}

TEST_CASE("an executor that throws gives a call up at any step, and the next call has the same bits") {
  auto classifier = load_mini();
  const std::vector<std::string_view> texts = {"An instant classic.", "Two hours I will never get back."};
  const auto logits = [&](distilbert::parallel_ref executor = {}) {
    std::vector<float> all;
    for (const classification& answer : classifier(texts, {.executor = executor}))
      all.insert(all.end(), answer.logits.begin(), answer.logits.end());
    return all;
  };
  const std::vector<float> expected = logits();
  int steps = 0;
  for (bool done = false; !done; ++steps) {
    gives_up executor{steps};
    try {
      const std::vector<float> found = logits(executor);
      done = true;
      CHECK(found == expected);
    } catch (const gives_up::now&) {
    }
    CHECK(logits() == expected);
  }
  CHECK(steps > 30);
}

TEST_CASE("a copy shares the model and answers on its own") {
  auto first = load_mini();
  text_classifier second = first;
  CHECK(&first.model() == &second.model());
  const classification a = first("good"), b = second("bad");
  CHECK(a.label == "POSITIVE");
  CHECK(b.label == "NEGATIVE");
}

TEST_CASE("classifiers that share a model answer on threads of their own") {
  auto first = load_mini();
  const auto texts = texts_of(dev_set());
  const bits expected = logits_in_batches(first, texts, 50);
  std::vector<bits> results(3);
  std::vector<std::thread> threads;
  for (bits& result : results)
    threads.emplace_back(
        [&result, &texts, classifier = first]() mutable { result = logits_in_batches(classifier, texts, 50); });
  for (std::thread& t : threads) t.join();
  for (const bits& result : results) CHECK(result == expected);
}

TEST_CASE("softmax scores add up to one, sigmoid scores do not, none leaves the logits") {
  auto classifier = load_mini();
  const auto softmax = classifier("fine");
  CHECK(softmax.scores[0] + softmax.scores[1] == doctest::Approx(1.0));
  const auto sigmoid = classifier("fine", {.function = score_function::sigmoid});
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(sigmoid.scores[i] == doctest::Approx(1 / (1 + std::exp(-static_cast<double>(sigmoid.logits[i])))));
  const auto none = classifier("fine", {.function = score_function::none});
  CHECK(std::equal(none.scores.begin(), none.scores.end(), none.logits.begin()));
}

TEST_CASE("top ranks labels by score, equal ones by id, and cuts to k") {
  auto classifier = text_classifier::load(data + "/models/tiny-three-labels").value();
  const auto answer = classifier("a text");
  const auto all = classifier.top(answer);
  REQUIRE(all.size() == 3);
  CHECK(all[0].label == answer.label);
  CHECK(all[0].score >= all[1].score);
  CHECK(all[1].score >= all[2].score);
  CHECK(classifier.top(answer, 1).size() == 1);
  CHECK(classifier.top(answer, 0).empty());
  classification tie;
  const std::vector<float> equal = {0.25F, 0.5F, 0.5F};
  tie.scores = equal;
  CHECK(classifier.top(tie)[0].label_id == 1);
  CHECK(classifier.top(tie)[1].label_id == 2);
}

TEST_CASE("a text longer than the model takes is cut and says so") {
  auto classifier = load_mini();
  std::string text;
  for (int i = 0; i < 600; ++i) text += "good ";
  const auto cut = classifier(text);
  CHECK(cut.truncated);
  CHECK(cut.tokens == 512);
  text.resize(510 * 5);
  const auto whole = classifier(text);
  CHECK_FALSE(whole.truncated);
  CHECK(whole.tokens == 512);
  const auto shorter = classifier("good good good", {.max_length = 4});
  CHECK(shorter.truncated);
  CHECK(shorter.tokens == 4);
  CHECK(classifier(text, {.max_length = 100000}).tokens == 512);
}

TEST_CASE("any byte string is a text") {
  auto classifier = load_mini();
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const std::string& text :
       {std::string(), std::string(1, '\0'), all, std::string("\xff\xfe\xc3"), std::string(100000, '\xf0')}) {
    const auto answer = classifier(text);
    CHECK(answer.tokens >= 2);
    CHECK(answer.score > 0);
  }
}

TEST_CASE("no texts give no answers") {
  auto classifier = load_mini();
  CHECK(classifier(std::span<const std::string_view>()).empty());
}

TEST_CASE("token ids out of range and texts of no or too many tokens are refused") {
  auto classifier = load_mini();
  const auto refused = [&](std::vector<std::int32_t> ids, std::vector<std::size_t> starts) {
    const auto r = classifier.classify_ids({ids, starts});
    return r.has_value() ? std::string() : std::string(to_string(r.error().code)) + ": " + r.error().message;
  };
  CHECK(refused({101, 30522}, {0, 2}) == "invalid_argument: text 0, token 1: expected an id below 30522, found 30522");
  CHECK(refused({101, -1}, {0, 2}) == "invalid_argument: text 0, token 1: expected an id below 30522, found -1");
  CHECK(refused({101}, {0, 1, 1}) == "invalid_argument: text 1: expected 1 to 512 tokens, found 0");
  CHECK(refused(std::vector<std::int32_t>(513, 101), {0, 513}) ==
        "invalid_argument: text 0: expected 1 to 512 tokens, found 513");
}

TEST_CASE("a model from memory answers with the bits of the one from its directory, and needs the memory no more") {
  auto from_directory = load_mini();
  text_classifier from_memory = [] {
    const std::string config = read(mini + "/config.json"), weights = read(mini + "/model.safetensors"),
                      vocab = read(mini + "/vocab.txt"), tokenizer_config = read(mini + "/tokenizer_config.json");
    const distilbert::named_bytes file = {"model.safetensors", std::as_bytes(std::span(weights))};
    distilbert::model_files files;
    files.config_json = config;
    files.weights = {&file, 1};
    files.tokenizer.vocab_txt = vocab;
    files.tokenizer.tokenizer_config_json = tokenizer_config;
    return text_classifier::load(files).value();
  }();
  for (const std::string_view text : {"", "A gripping, beautifully shot film.", "never mind"}) {
    bits a, b;
    append(a, from_directory(text));
    append(b, from_memory(text));
    CHECK(a == b);
  }
}

TEST_CASE("a model loaded by copy answers with the bits of the mapped one") {
  auto mapped = load_mini();
  auto copied = text_classifier::load(mini, {.access = distilbert::file_access::copy}).value();
  CHECK(mapped.model().mapped_bytes() > 0);
  CHECK(copied.model().mapped_bytes() == 0);
  bits a, b;
  append(a, mapped("the same"));
  append(b, copied("the same"));
  CHECK(a == b);
}
