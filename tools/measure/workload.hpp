#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "distilbert/io/model_config.hpp"
#include "distilbert/model/ragged_batch.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "measure/timing.hpp"

namespace measure {

/// Token ids of texts, owned.
struct id_texts {
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> starts = {0};

  void add(std::span<const std::int32_t> text) {
    ids.insert(ids.end(), text.begin(), text.end());
    starts.push_back(ids.size());
  }
  distilbert::ragged_batch batch() const noexcept { return {ids, starts}; }
};

/// One text of this many tokens, their ids spread over the vocabulary.
inline id_texts text_of_length(const distilbert::text_model& model, std::size_t tokens) {
  const auto words = static_cast<std::size_t>(model.config().vocab_size);
  std::vector<std::int32_t> ids;
  for (std::size_t i = 1; i <= tokens; ++i) ids.push_back(static_cast<std::int32_t>(i * 7919 % words));
  if (const auto cls = model.text_tokenizer().cls_id()) ids.front() = *cls;
  if (const auto sep = model.text_tokenizer().sep_id(); sep && tokens > 1) ids.back() = *sep;
  id_texts text;
  text.add(ids);
  return text;
}

/// What a pass has to do at least.
struct work {
  double flop = 0;   ///< of the linear layers and of attention, a multiply-add counted as two
  double bytes = 0;  ///< of the weights of all linear layers, each read once
};

/// Work of classifying texts of these many tokens: the last layer's query, output projection and feed forward are for
/// [CLS] alone. Activations, norms and embeddings are not counted.
template <class Lengths>
work work_of(const distilbert::text_model& model, const Lengths& lengths) {
  const distilbert::model_config& c = model.config();
  const auto d = static_cast<double>(c.dim), h = static_cast<double>(c.hidden_dim);
  const auto whole = static_cast<double>(c.n_layers - 1), labels = static_cast<double>(c.labels.size());
  const double row = 4 * d * d + 2 * d * h, head = d * d + labels * d;  // multiply-adds of a token, of a text
  work all;
  for (const std::size_t length : lengths) {
    const auto s = static_cast<double>(length);
    const double linear = whole * s * row + s * 2 * d * d + (row - 2 * d * d) + head;
    const double attention = whole * 2 * s * s * d + 2 * s * d;
    all.flop += 2 * (linear + attention);
  }
  all.bytes = (whole + 1) * row * bits_of(model.weight_dtype()) / 8 + head * sizeof(float);
  return all;
}

/// Tokens that were read of each text.
inline std::vector<std::size_t> lengths_of(std::span<const distilbert::classification> answers) {
  std::vector<std::size_t> lengths;
  for (const auto& answer : answers) lengths.push_back(answer.tokens);
  return lengths;
}

/// Seconds that classifying a batch of ids takes.
inline double seconds_of_ids(distilbert::text_classifier& classifier, const id_texts& texts,
                             distilbert::parallel_ref parallel) {
  return seconds_of([&] { (void)classifier.classify_ids(texts.batch(), {.executor = parallel}).value(); });
}

/// Seconds that classifying a batch of texts takes, tokenizer included.
inline double seconds_of_texts(distilbert::text_classifier& classifier, std::span<const std::string_view> texts,
                               distilbert::parallel_ref parallel) {
  return seconds_of([&] { (void)classifier(texts, {.executor = parallel}); });
}

}  // namespace measure
