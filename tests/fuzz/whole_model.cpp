// A whole tiny model from one input: its files as they are, or files of sizes that the input chooses, which fit each
// other, with weights of any bits at all. What loads labels a text, the same in a batch as alone; a label comes of
// numbers only.
#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "distilbert/pipeline/text_classifier.hpp"
#include "fuzz.hpp"
#include "support/formula_model.hpp"

using namespace distilbert;

namespace {

struct source {
  const std::uint8_t* data;
  std::size_t size;
  std::size_t next(std::size_t most) {  // 1..most
    if (size == 0) return 1;
    --size;
    return 1 + *data++ % most;
  }
};

struct files {
  std::string config, vocabulary, weights;
};

// The bytes of the input, again and again, as the weights of a model of these sizes.
files fitting_files(source& in) {
  const std::size_t layers = in.next(2), heads = in.next(3), head = in.next(9), hidden = in.next(20);
  const std::size_t labels = in.next(4), positions = 1 + in.next(20), type = in.next(3), dim = heads * head;
  const auto number = [](std::size_t n) { return std::to_string(n); };
  files made;
  made.vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a\n##b\n!\n";
  made.config = detail::concat({R"({"vocab_size":10,"n_layers":)", number(layers), R"(,"n_heads":)", number(heads),
                                R"(,"dim":)", number(dim), R"(,"hidden_dim":)", number(hidden), R"(,"num_labels":)",
                                number(labels), R"(,"max_position_embeddings":)", number(positions), "}"});
  static constexpr const char* names[] = {"F32", "F16", "BF16"};
  std::size_t begin = 0;
  made.weights = empty_safetensors(
      classifier_tensors(
          {.vocabulary = 10, .positions = positions, .dim = dim, .hidden = hidden, .layers = layers, .labels = labels}),
      names[type - 1], type == 1 ? 4 : 2, begin);
  for (std::size_t i = begin; i < made.weights.size() && in.size > 0; ++i)
    made.weights[i] = static_cast<char>(in.data[(i - begin) % in.size]);
  return made;
}

void check_answer(const classification& answer, std::size_t labels) {
  FUZZ_CHECK(answer.scores.size() == labels && answer.logits.size() == labels);
  const bool numbers = std::all_of(answer.logits.begin(), answer.logits.end(), is_finite);
  FUZZ_CHECK(answer.has_label() == numbers);
  FUZZ_CHECK(is_finite(answer.score));
  if (!numbers) FUZZ_CHECK(answer.label.empty() && answer.label_id == -1 && answer.score == 0);
  if (numbers) FUZZ_CHECK(answer.label_id >= 0 && static_cast<std::size_t>(answer.label_id) < labels);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  files made;
  if ((choice & 1) != 0) {
    source in{data + 1, size - 1};
    made = fitting_files(in);
  } else {
    const auto parts = parts_of(data + 1, size - 1, 3);
    made = {std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
  }
  const named_bytes weights[] = {{"model.safetensors", bytes_of(made.weights)}};
  model_files all;
  all.config_json = made.config;
  all.weights = weights;
  all.tokenizer.vocab_txt = made.vocabulary;
  const bool plain = (choice & 2) != 0;
  auto loaded = text_classifier::load(all, {.isa = plain ? "baseline" : ""});
  if (!loaded) return check_error(loaded.error()), 0;
  text_classifier& classifier = *loaded;
  const std::size_t labels = classifier.model().labels();
  const std::string_view texts[] = {"a b", "aab!", ""};
  std::vector<float> alone;
  for (const std::string_view text : texts) {
    const classification answer = classifier(text);
    check_answer(answer, labels);
    alone.insert(alone.end(), answer.logits.begin(), answer.logits.end());
  }
  std::vector<float> together;
  for (const classification& answer : classifier(texts)) {
    check_answer(answer, labels);
    together.insert(together.end(), answer.logits.begin(), answer.logits.end());
  }
  for (std::size_t i = 0; i < alone.size(); ++i)
    if (is_finite(alone[i]))
      FUZZ_CHECK(std::bit_cast<std::uint32_t>(alone[i]) == std::bit_cast<std::uint32_t>(together[i]));
  return 0;
}
