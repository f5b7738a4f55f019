#include "distilbert/pipeline/calibration.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "batches.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/abstention.hpp"
#include "distilbert/pipeline/calibration_file.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "format.hpp"
#include "insight_commands.hpp"
#include "line_source.hpp"
#include "model_directory.hpp"
#include "true_labels.hpp"

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
using distilbert::labelled_logits;
using distilbert::reliability;
using distilbert::result;
using distilbert::text_model;
using nlohmann::ordered_json;

// A temperature, and what it does to texts.
struct fit {
  std::string texts;  // which: "all", "odd by even"
  double temperature = 1;
  reliability before, after;
};

// What is left when some answers are not given.
struct coverage {
  std::size_t texts = 0, given = 0, right = 0, right_of_all = 0;
  double share() const { return texts == 0 ? 0 : static_cast<double>(given) / static_cast<double>(texts); }
  double accuracy() const { return given == 0 ? 0 : static_cast<double>(right) / static_cast<double>(given); }
};

coverage measure_coverage(const labelled_logits& texts, double temperature, const distilbert::abstention& abstain) {
  coverage out;
  std::vector<float> scores(texts.labels());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    distilbert::scores_at(temperature, distilbert::score_function::softmax, texts.logits(i), scores);
    const auto best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    const bool right = best == texts.truth(i), given = !abstain(scores);
    ++out.texts;
    out.right_of_all += right ? 1U : 0U;
    out.given += given ? 1U : 0U;
    out.right += given && right ? 1U : 0U;
  }
  return out;
}

// Every other text, from `first` on.
labelled_logits half_of(const labelled_logits& texts, std::size_t first) {
  labelled_logits half(texts.labels());
  for (std::size_t i = first; i < texts.size(); i += 2) half.add(texts.logits(i), texts.truth(i));
  return half;
}

result<fit> fit_and_measure(std::string name, const labelled_logits& fitted, const labelled_logits& measured,
                            std::size_t bins) {
  const auto temperature = distilbert::fit_temperature(fitted);
  if (!temperature) return temperature.error();
  return fit{std::move(name), *temperature, measure_reliability(measured, 1, bins),
             measure_reliability(measured, *temperature, bins)};
}

ordered_json json(const reliability& r) {
  ordered_json out = {{"texts", r.texts},           {"accuracy", r.accuracy},
                      {"confidence", r.confidence}, {"expected_calibration_error", r.expected_calibration_error},
                      {"brier", r.brier},           {"log_loss", r.log_loss}};
  for (const auto& bin : r.bins)
    out["bins"].push_back({{"low", bin.low},
                           {"high", bin.high},
                           {"texts", bin.texts},
                           {"confidence", bin.confidence},
                           {"accuracy", bin.accuracy}});
  return out;
}

ordered_json json(const text_model& model, const std::vector<distilbert::score_threshold>& thresholds, double wanted) {
  ordered_json out = ordered_json::array();
  for (const auto& t : thresholds)
    out.push_back({{"label", std::string(model.label(t.label))},
                   {"wanted_precision", wanted},
                   {"score", t.score},
                   {"precision", t.precision},
                   {"texts", t.texts},
                   {"answers", t.answers}});
  return out;
}

std::string line(const char* format, double a, double b) {
  char text[128];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

std::string text(const fit& f) {
  std::string out = f.texts + ": temperature " + line("%.4f", f.temperature, 0) + ", " +
                    std::to_string(f.before.texts) + " texts, accuracy " + line("%.4f", f.before.accuracy, 0) + "\n";
  out += "                              before      after\n";
  out += line("expected calibration error  %.4f      %.4f\n", f.before.expected_calibration_error,
              f.after.expected_calibration_error);
  out += line("Brier score                 %.4f      %.4f\n", f.before.brier, f.after.brier);
  return out + line("log loss                    %.4f      %.4f\n", f.before.log_loss, f.after.log_loss);
}

std::string table(const reliability& r) {
  std::string out = "\nReliability after: answers by their score\n            score  texts  mean score  accuracy\n";
  for (const auto& bin : r.bins) {
    if (bin.texts == 0) continue;
    char row[128];
    std::snprintf(row, sizeof row, "%.4f to %.4f  %5zu      %.4f    %.4f\n", bin.low, bin.high, bin.texts,
                  bin.confidence, bin.accuracy);
    out += row;
  }
  return out;
}

result<void> write(const std::filesystem::path& file, const std::string& content) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  if (stream << content && stream.flush()) return {};
  return error{errc::io_error, file.string() + ": cannot be written"};
}

}  // namespace

result<void> calibrate_command::run() const {
  std::optional<distilbert::abstention> abstain;
  if (!neutral.empty()) {
    auto rule = distilbert::abstention::parse(neutral);
    if (!rule) return error{errc::invalid_argument, "--neutral: " + rule.error().message};
    abstain = *rule;
  }
  const auto directory = model_directory(model.directory);
  if (!directory) return directory.error();
  distilbert::thread_pool pool(model.threads);
  auto classifier = distilbert::text_classifier::load(*directory, model.load(pool));
  if (!classifier) return std::move(classifier).error();
  const text_model& known = classifier->model();
  if (known.default_function() != distilbert::score_function::softmax)
    return error{errc::unsupported_model, directory->string() + ": expected a model whose labels exclude each other"};
  if (abstain && abstain->is_band() && known.labels() != 2)
    return error{errc::invalid_argument, "--neutral: expected a score: a band is for models of two labels"};
  if (auto fits = check_max_length(max_length, known.max_length()); !fits) return fits;

  labelled_logits all(known.labels());
  auto done = for_batches(input, false, [&](std::span<const record> records) -> result<void> {
    const auto answers = (*classifier)(texts_of(records), {.max_length = max_length, .executor = pool});
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto truth = label_id(known, records[i].label);
      if (!truth) return unknown_label(known, input, records[i]);
      all.add(answers[i].logits, *truth);
    }
    return {};
  });
  if (!done) return done;
  if (all.size() < 2)
    return error{errc::invalid_input, shown_name(input.file) + ": expected labelled texts, found less than two"};

  std::vector<fit> fits;
  const labelled_logits odd = half_of(all, 0), even = half_of(all, 1);
  for (std::size_t i = 0; i < (halves ? 3U : 1U); ++i) {
    auto made = i == 0   ? fit_and_measure("all texts", all, all, bins)
                : i == 1 ? fit_and_measure("fitted on texts 1, 3, ..., measured on the others", odd, even, bins)
                         : fit_and_measure("fitted on texts 2, 4, ..., measured on the others", even, odd, bins);
    if (!made) return std::move(made).error();
    fits.push_back(*std::move(made));
  }
  const double temperature = fits[0].temperature;
  std::vector<distilbert::score_threshold> thresholds;
  for (std::size_t l = 0; l < known.labels(); ++l)
    if (const auto found = threshold_for(all, temperature, l, precision)) thresholds.push_back(*found);

  const auto made = distilbert::calibration::of(known, temperature);
  ordered_json file = {{"format", "distilbert-calibration-1"},
                       {"temperature", made.temperature},
                       {"labels", made.labels},
                       {"source", distilbert::calibration::hex(made.source)},
                       {"before", json(fits[0].before)},
                       {"after", json(fits[0].after)},
                       {"thresholds", json(known, thresholds, precision)}};
  const std::filesystem::path target =
      output.empty() ? *directory / distilbert::calibration::file_name : std::filesystem::path(output);
  if (!dry_run)
    if (auto written = write(target, file.dump(2) + "\n"); !written) return written;

  tool::output out;
  std::optional<coverage> covered;
  if (abstain) covered = measure_coverage(all, temperature, *abstain);
  if (format == output_format::json) {
    ordered_json report = file;
    for (std::size_t i = 1; i < fits.size(); ++i)
      report["halves"].push_back(
          {{"temperature", fits[i].temperature}, {"before", json(fits[i].before)}, {"after", json(fits[i].after)}});
    if (covered)
      report["neutral"] = {{"rule", neutral},
                           {"texts", covered->texts},
                           {"given", covered->given},
                           {"coverage", covered->share()},
                           {"accuracy", covered->accuracy()}};
    out.pending = report.dump() + "\n";
    return out.flush();
  }
  for (const fit& f : fits) out.pending += (&f == fits.data() ? "" : "\n") + text(f);
  out.pending += table(fits[0].after);
  for (const auto& t : thresholds)
    out.pending += "\n" + printable(known.label(t.label)) + ": from a score of " +
                   line("%.4f on, %.4f of the answers are right", static_cast<double>(t.score), t.precision) + " (" +
                   std::to_string(t.texts) + " of " + std::to_string(t.answers) + ")";
  if (!thresholds.empty()) out.pending += "\n";
  if (covered)
    out.pending +=
        "\nWith --neutral " + neutral + ", " + std::to_string(covered->given) + " of " +
        std::to_string(covered->texts) +
        line(" texts get a label (%.4f), %.4f of these the right one\n", covered->share(), covered->accuracy());
  if (!dry_run) out.pending += "\nWritten to " + target.string() + "\n";
  return out.flush();
}

}  // namespace tool
