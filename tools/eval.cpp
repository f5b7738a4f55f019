#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "batches.hpp"
#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "format.hpp"
#include "line_source.hpp"
#include "model_directory.hpp"
#include "no_label.hpp"
#include "tally.hpp"
#include "true_labels.hpp"
#include "weight_comparison.hpp"

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_model;

// What the report says beside the tally.
struct run_facts {
  std::size_t truncated = 0;
  double seconds = 0;
};

std::string json(const text_model& model, const tally& t, const run_facts& facts) {
  nlohmann::ordered_json report = {
      {"accuracy", t.accuracy()},     {"correct", t.correct()},
      {"total", t.total()},           {"cross_entropy", t.cross_entropy()},
      {"truncated", facts.truncated}, {"texts_per_second", static_cast<double>(t.total()) / facts.seconds},
      {"weights", model.weights()}};
  for (std::size_t i = 0; i < t.labels(); ++i) {
    report["labels"][std::string(model.label(i))] = {
        {"precision", t.precision(i)}, {"recall", t.recall(i)}, {"f1", t.f1(i)}, {"support", t.support(i)}};
    for (std::size_t j = 0; j < t.labels(); ++j) report["confusion_matrix"][i][j] = t.count(i, j);
  }
  return report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// Text in a column: cells are filled up by spaces, counted in code points.
std::string left(const std::string& text, std::size_t width) {
  const auto shown = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  return text + std::string(width - std::min(width, shown), ' ');
}
std::string right(const std::string& text, std::size_t width) {
  const std::string padded = left(text, width);
  return padded.substr(text.size()) + text;
}
std::string fixed(double value, int decimals) {
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
  return digits;
}

std::string text(const text_model& model, const tally& t, const run_facts& facts) {
  std::string report = "accuracy          " + fixed(t.accuracy(), 4) + "\n";
  report += "correct           " + std::to_string(t.correct()) + "\n";
  report += "total             " + std::to_string(t.total()) + "\n";
  report += "cross-entropy     " + fixed(t.cross_entropy(), 4) + "\n";
  report += "truncated         " + std::to_string(facts.truncated) + "\n";
  report += "texts per second  " + fixed(static_cast<double>(t.total()) / facts.seconds, 0) + "\n";
  report += "weights           " + std::string(model.weights()) + "\n";

  std::vector<std::string> names;
  std::size_t width = 9;
  for (std::size_t i = 0; i < t.labels(); ++i)
    width = std::max(width, names.emplace_back(printable(model.label(i))).size());
  report += "\n" + left("label", width) + "  precision     recall         f1    support\n";
  for (std::size_t i = 0; i < t.labels(); ++i) {
    report += left(names[i], width);
    for (const double value : {t.precision(i), t.recall(i), t.f1(i)}) report += right(fixed(value, 4), 11);
    report += right(std::to_string(t.support(i)), 11) + "\n";
  }
  report += "\nConfusion matrix: a row for each true label, a column for each answer\n" + std::string(width, ' ');
  for (const std::string& name : names) report += "  " + right(name, 9);
  report += "\n";
  for (std::size_t i = 0; i < t.labels(); ++i) {
    report += left(names[i], width);
    for (std::size_t j = 0; j < t.labels(); ++j)
      report += "  " + right(std::to_string(t.count(i, j)), std::max<std::size_t>(names[j].size(), 9));
    report += "\n";
  }
  return report;
}

// f32 and the weights asked for, side by side.
result<void> compare_weights(const eval_command& command, const std::filesystem::path& directory,
                             distilbert::parallel_ref executor) {
  distilbert::load_options options = command.model.load(executor);
  options.weights = distilbert::weight_type::f32;
  auto f32 = distilbert::text_classifier::load(directory, options);
  if (!f32) return std::move(f32).error();
  options.weights = *command.compare;
  auto other = distilbert::text_classifier::load(directory, options);
  if (!other) return std::move(other).error();
  const auto compared = weight_comparison::run(*f32, *other, command.input, command.max_length, executor);
  if (!compared) return compared.error();
  output out;
  out.pending = command.format == output_format::json ? compared->json() : compared->text();
  return out.flush();
}

}  // namespace

result<void> eval_command::run() const {
  const auto directory = model_directory(model);
  if (!directory) return directory.error();
  distilbert::thread_pool pool(model.threads);
  auto classifier = distilbert::text_classifier::load(*directory, model.load(pool));
  if (!classifier) return std::move(classifier).error();
  const text_model& known = classifier->model();
  if (known.labels() < 2)
    return error{errc::unsupported_model, directory->string() + ": expected a model of two labels or more, found one"};
  if (auto fits = check_max_length(max_length, known.max_length()); !fits) return fits;

  if (compare) return compare_weights(*this, *directory, pool);

  tally counts(known.labels());
  run_facts facts;
  auto done = for_batches(input, false, [&](std::span<const record> records) -> result<void> {
    std::vector<std::size_t> truths;
    for (const record& r : records) {
      const auto truth = label_id(known, r.label);
      if (!truth) return unknown_label(known, input, r);
      truths.push_back(*truth);
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto answers = (*classifier)(texts_of(records), {.max_length = max_length, .executor = pool});
    facts.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!answers[i].has_label()) return no_label(records[i].line);
      counts.add(truths[i], static_cast<std::size_t>(answers[i].label_id), answers[i].logits);
      if (answers[i].truncated) ++facts.truncated;
    }
    return {};
  });
  if (!done) return done;
  if (counts.total() == 0)
    return error{errc::invalid_input, shown_name(input.file) + ": expected labelled texts, found none"};
  output out;
  out.pending = format == output_format::json ? json(known, counts, facts) : text(known, counts, facts);
  return out.flush();
}

}  // namespace tool
