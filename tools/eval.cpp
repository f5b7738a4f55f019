#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "batches.hpp"
#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

using distilbert::classification;
using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_model;

// How often the true label of the row got the label of the column, and what follows from it.
struct tally {
  explicit tally(std::size_t n) : labels(n), confusion(n, std::vector<std::size_t>(n)) {}

  std::size_t labels, total = 0;
  std::vector<std::vector<std::size_t>> confusion;
  double cross_entropy_sum = 0, seconds = 0;

  void add(std::size_t truth, const classification& answer) {
    ++total;
    ++confusion[truth][static_cast<std::size_t>(answer.label_id)];
    // -log softmax(logits)[truth], in float64.
    const double top = *std::max_element(answer.logits.begin(), answer.logits.end());
    double sum = 0;
    for (const float x : answer.logits) sum += std::exp(x - top);
    cross_entropy_sum += std::log(sum) + top - static_cast<double>(answer.logits[truth]);
  }

  std::size_t correct() const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < labels; ++i) n += confusion[i][i];
    return n;
  }
  std::size_t support(std::size_t i) const {
    std::size_t n = 0;
    for (const std::size_t c : confusion[i]) n += c;
    return n;
  }
  std::size_t predicted(std::size_t i) const {
    std::size_t n = 0;
    for (const auto& row : confusion) n += row[i];
    return n;
  }
  // Of nothing: 0, as scikit-learn has it.
  static double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }
  double accuracy() const { return ratio(static_cast<double>(correct()), static_cast<double>(total)); }
  double precision(std::size_t i) const {
    return ratio(static_cast<double>(confusion[i][i]), static_cast<double>(predicted(i)));
  }
  double recall(std::size_t i) const {
    return ratio(static_cast<double>(confusion[i][i]), static_cast<double>(support(i)));
  }
  double f1(std::size_t i) const { return ratio(2 * precision(i) * recall(i), precision(i) + recall(i)); }
  double cross_entropy() const { return ratio(cross_entropy_sum, static_cast<double>(total)); }
  double texts_per_second() const { return ratio(static_cast<double>(total), seconds); }
};

// The id of a label written as name or as id. A name that looks like an id is a name.
std::optional<std::size_t> label_id(const text_model& model, const std::string& label) {
  for (std::size_t i = 0; i < model.labels(); ++i)
    if (model.label(i) == label) return i;
  for (std::size_t i = 0; i < model.labels(); ++i)
    if (std::to_string(i) == label) return i;
  return std::nullopt;
}

std::string decimal(double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.17g", value);
  for (int precision = 1; precision < 17; ++precision) {  // the shortest that names the same double
    char shorter[32];
    std::snprintf(shorter, sizeof shorter, "%.*g", precision, value);
    if (std::stod(shorter) == value) return shorter;
  }
  return digits;
}

std::string json(const text_model& model, const tally& t) {
  std::string text = "{\"accuracy\":" + decimal(t.accuracy()) + ",\"correct\":" + std::to_string(t.correct()) +
                     ",\"total\":" + std::to_string(t.total) + ",\"cross_entropy\":" + decimal(t.cross_entropy()) +
                     ",\"texts_per_second\":" + decimal(t.texts_per_second()) + ",\"labels\":{";
  for (std::size_t i = 0; i < t.labels; ++i)
    text += (i == 0 ? "" : ",") + quoted(model.label(i)) + ":{\"precision\":" + decimal(t.precision(i)) +
            ",\"recall\":" + decimal(t.recall(i)) + ",\"f1\":" + decimal(t.f1(i)) +
            ",\"support\":" + std::to_string(t.support(i)) + "}";
  text += "},\"confusion_matrix\":[";
  for (std::size_t i = 0; i < t.labels; ++i) {
    text += i == 0 ? "[" : ",[";
    for (std::size_t j = 0; j < t.labels; ++j) text += (j == 0 ? "" : ",") + std::to_string(t.confusion[i][j]);
    text += "]";
  }
  return text + "]}\n";
}

std::string table(const text_model& model, const tally& t) {
  char line[256];
  std::string text;
  const auto print = [&](const char* format, auto... values) {
    std::snprintf(line, sizeof line, format, values...);
    text += line;
  };
  std::size_t width = 9;
  for (std::size_t i = 0; i < t.labels; ++i) width = std::max(width, std::min<std::size_t>(model.label(i).size(), 40));
  const int w = static_cast<int>(width);
  const auto name = [&](std::size_t i) { return printable(model.label(i)).substr(0, 40); };
  print("accuracy          %.4f\n", t.accuracy());
  print("correct           %zu\n", t.correct());
  print("total             %zu\n", t.total);
  print("cross-entropy     %.4f\n", t.cross_entropy());
  print("texts per second  %.0f\n\n", t.texts_per_second());
  print("%-*s  precision  recall      f1  support\n", w, "label");
  for (std::size_t i = 0; i < t.labels; ++i)
    print("%-*s  %9.4f  %6.4f  %6.4f  %7zu\n", w, name(i).c_str(), t.precision(i), t.recall(i), t.f1(i), t.support(i));
  print("\n%-*s", w, "true \\ is");
  for (std::size_t j = 0; j < t.labels; ++j) print("  %*s", w, name(j).c_str());
  text += "\n";
  for (std::size_t i = 0; i < t.labels; ++i) {
    print("%-*s", w, name(i).c_str());
    for (std::size_t j = 0; j < t.labels; ++j) print("  %*zu", w, t.confusion[i][j]);
    text += "\n";
  }
  return text;
}

}  // namespace

result<void> eval_command::run() const {
  auto loaded = distilbert::text_classifier::load(model_directory(model.directory), {.isa = model.isa});
  if (!loaded) return std::move(loaded).error();
  distilbert::thread_pool pool(model.threads);
  const text_model& known = loaded->model();
  tally counts(known.labels());
  input_options labelled = input;
  if (labelled.label_column.empty()) labelled.label_column = "label";
  auto done = for_batches(labelled, [&](std::span<const record> records) -> result<void> {
    std::vector<std::size_t> truths;
    for (const record& r : records) {
      const auto truth = label_id(known, r.label);
      if (!truth) {
        std::string names;
        for (std::size_t i = 0; i < known.labels(); ++i) names += (i == 0 ? "" : ", ") + std::string(known.label(i));
        return error{errc::invalid_input, input.file + ":" + std::to_string(r.line) + ": label: expected one of " +
                                              names + " or its id, found \"" + r.label + "\""};
      }
      truths.push_back(*truth);
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto answers = (*loaded)(texts_of(records), {.max_length = max_length, .executor = pool});
    counts.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    for (std::size_t i = 0; i < records.size(); ++i) counts.add(truths[i], answers[i]);
    return {};
  });
  if (!done) return done;
  if (counts.total == 0) return error{errc::invalid_input, input.file + ": expected labelled texts, found none"};
  output out;
  out.append(format == output_format::json ? json(known, counts) : table(known, counts));
  return out.flush();
}

}  // namespace tool
