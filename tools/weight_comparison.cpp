#include "weight_comparison.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include "batches.hpp"
#include "line_source.hpp"
#include "no_label.hpp"
#include "true_labels.hpp"

namespace tool {
namespace {

using distilbert::classification;
using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_classifier;

struct answers {
  std::vector<std::size_t> labels;
  std::vector<double> probabilities;  // [texts x labels]
};

// Probabilities in float64, so that what is compared is the logits' difference and not its rounding.
void add(answers& all, const classification& one, bool softmax) {
  const double greatest = *std::max_element(one.logits.begin(), one.logits.end());
  double sum = 0;
  for (const float x : one.logits) sum += std::exp(static_cast<double>(x) - greatest);
  for (const float x : one.logits) {
    const auto logit = static_cast<double>(x);
    all.probabilities.push_back(softmax ? std::exp(logit - greatest) / sum : 1 / (1 + std::exp(-logit)));
  }
  all.labels.push_back(static_cast<std::size_t>(one.label_id));
}

answers classify(text_classifier& classifier, std::span<const record> records, std::size_t max_length,
                 distilbert::parallel_ref executor, weight_comparison::side& side) {
  const auto texts = texts_of(records);
  const bool softmax = classifier.model().default_function() != distilbert::score_function::sigmoid;
  const auto begin = std::chrono::steady_clock::now();
  const auto found = classifier(texts, {.max_length = max_length, .executor = executor});
  side.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  answers all;
  for (const classification& one : found) add(all, one, softmax);
  return all;
}

weight_comparison::side describe(const text_classifier& classifier) {
  weight_comparison::side side;
  side.weights = classifier.model().weights();
  side.kernels = classifier.model().weight_kernels();
  return side;
}

}  // namespace

result<weight_comparison> weight_comparison::run(text_classifier& reference, text_classifier& other,
                                                 const input_options& input, std::size_t max_length,
                                                 distilbert::parallel_ref executor) {
  weight_comparison c;
  c.reference = describe(reference);
  c.other = describe(other);
  double changes = 0;
  std::size_t compared = 0;
  auto done = for_batches(input, false, [&](std::span<const record> records) -> result<void> {
    std::vector<std::size_t> truths;
    for (const record& r : records) {
      const auto truth = label_id(reference.model(), r.label);
      if (!truth) return unknown_label(reference.model(), input, r);
      truths.push_back(*truth);
    }
    const answers a = classify(reference, records, max_length, executor, c.reference);
    const answers b = classify(other, records, max_length, executor, c.other);
    for (std::size_t i = 0; i < records.size(); ++i) {
      for (const answers* side : {&a, &b})
        if (side->labels[i] == std::size_t(-1)) return no_label(records[i].line);
      c.reference.correct += a.labels[i] == truths[i] ? 1 : 0;
      c.other.correct += b.labels[i] == truths[i] ? 1 : 0;
      c.flips += a.labels[i] != b.labels[i] ? 1 : 0;
    }
    for (std::size_t i = 0; i < a.probabilities.size(); ++i) {
      const double change = std::abs(a.probabilities[i] - b.probabilities[i]);
      changes += change;
      c.largest_change = std::max(c.largest_change, change);
    }
    compared += a.probabilities.size();
    c.total += records.size();
    return {};
  });
  if (!done) return done.error();
  if (c.total == 0) return error{errc::invalid_input, shown_name(input.file) + ": expected labelled texts, found none"};
  c.mean_change = changes / static_cast<double>(compared);
  return c;
}

std::string weight_comparison::text() const {
  char line[256];
  std::string report = "weights  kernels       accuracy  correct  total  texts per second\n";
  for (const side* s : {&reference, &other}) {
    const auto count = static_cast<double>(total);
    std::snprintf(line, sizeof line, "%-8s %-12s %9.4f %8zu %6zu %17.0f\n", s->weights.c_str(), s->kernels.c_str(),
                  static_cast<double>(s->correct) / count, s->correct, total, count / s->seconds);
    report += line;
  }
  std::snprintf(line, sizeof line,
                "\nflipped labels                   %zu\nmean change of a probability     %.4f\n"
                "largest change of a probability  %.4f\n",
                flips, mean_change, largest_change);
  return report + line;
}

std::string weight_comparison::json() const {
  nlohmann::ordered_json about;
  for (const side* s : {&reference, &other})
    about["weights"].push_back({{"weights", s->weights},
                                {"kernels", s->kernels},
                                {"accuracy", static_cast<double>(s->correct) / static_cast<double>(total)},
                                {"correct", s->correct},
                                {"texts_per_second", static_cast<double>(total) / s->seconds}});
  about["total"] = total;
  about["flips"] = flips;
  about["mean_change"] = mean_change;
  about["largest_change"] = largest_change;
  return about.dump() + "\n";
}

}  // namespace tool
