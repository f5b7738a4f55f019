#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "batches.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "format.hpp"
#include "insight_commands.hpp"
#include "line_source.hpp"
#include "model_directory.hpp"
#include "no_label.hpp"
#include "true_labels.hpp"

namespace tool {
namespace {

using distilbert::classification;
using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_classifier;

// A text that the models give different labels.
struct flip {
  std::size_t line;
  std::string text;
  std::string labels[2];
  float scores[2];
};

// What the two have come to.
struct comparison {
  std::size_t texts = 0, same = 0;
  double seconds[2] = {0, 0};
  double largest = 0, sum = 0;  // differences of the score of the first one's label
  std::size_t right[2] = {0, 0}, labelled = 0;
  std::size_t only[2] = {0, 0};  // right where the other one is wrong
  std::vector<flip> flips;
  double agreement() const { return texts == 0 ? 0 : static_cast<double>(same) / static_cast<double>(texts); }
  double rate(int m) const { return seconds[m] > 0 ? static_cast<double>(texts) / seconds[m] : 0; }
};

std::string fixed(const char* format, double value) {
  char digits[64];
  std::snprintf(digits, sizeof digits, format, value);
  return digits;
}

std::string text(const compare_command& command, const comparison& c) {
  std::string out = "A  " + command.models[0] + "\nB  " + command.models[1] + "\n\n";
  out += "texts                         " + std::to_string(c.texts) + "\n";
  out += "same label                    " + std::to_string(c.same) + fixed(" (%.4f)\n", c.agreement());
  out += fixed("difference of scores, mean    %.6f\n", c.texts == 0 ? 0 : c.sum / static_cast<double>(c.texts));
  out += fixed("difference of scores, largest %.6f\n", c.largest);
  out += fixed("texts per second, A           %.0f\n", c.rate(0));
  out += fixed("texts per second, B           %.0f", c.rate(1)) +
         fixed(" (%.2f times A's)\n", c.rate(0) > 0 ? c.rate(1) / c.rate(0) : 0);
  if (c.labelled > 0)
    for (int m = 0; m < 2; ++m)
      out += std::string("right, ") + (m == 0 ? "A" : "B") + "                      " + std::to_string(c.right[m]) +
             fixed(" (%.4f)", static_cast<double>(c.right[m]) / static_cast<double>(c.labelled)) + ", " +
             std::to_string(c.only[m]) + " where the other is wrong\n";
  if (c.flips.empty()) return out;
  out += "\nOther labels" +
         (c.flips.size() < c.texts - c.same ? ", the first " + std::to_string(c.flips.size()) : std::string()) +
         ": line, A, B, text\n";
  for (const flip& f : c.flips) {
    out += std::to_string(f.line);
    for (int m = 0; m < 2; ++m) out += "\t" + printable(f.labels[m]) + fixed(" %.4f", static_cast<double>(f.scores[m]));
    out += "\t" + printable(f.text) + "\n";
  }
  return out;
}

std::string json(const compare_command& command, const comparison& c) {
  nlohmann::ordered_json out = {{"models", command.models},
                                {"texts", c.texts},
                                {"same_label", c.same},
                                {"agreement", c.agreement()},
                                {"mean_difference", c.texts == 0 ? 0 : c.sum / static_cast<double>(c.texts)},
                                {"largest_difference", c.largest},
                                {"texts_per_second", {c.rate(0), c.rate(1)}}};
  if (c.labelled > 0) {
    out["right"] = {c.right[0], c.right[1]};
    out["right_alone"] = {c.only[0], c.only[1]};
  }
  out["flips"] = nlohmann::ordered_json::array();
  for (const flip& f : c.flips)
    out["flips"].push_back({{"line", f.line},
                            {"text", f.text},
                            {"labels", {f.labels[0], f.labels[1]}},
                            {"scores", {f.scores[0], f.scores[1]}}});
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

result<void> compare_command::run() const {
  distilbert::thread_pool pool(engine.threads);
  std::vector<text_classifier> classifiers;
  for (const std::string& name : models) {
    const auto directory = model_directory(name);
    if (!directory) return directory.error();
    auto loaded = text_classifier::load(*directory, engine.load(pool));
    if (!loaded) return std::move(loaded).error();
    classifiers.push_back(*std::move(loaded));
    if (auto fits = check_max_length(max_length, classifiers.back().model().max_length()); !fits) return fits;
  }
  const auto& known = classifiers[0].model();
  if (known.config().labels != classifiers[1].model().config().labels)
    return error{errc::unsupported_model, models[1] + ": expected the labels of " + models[0] + " in the same order"};

  comparison c;
  bool swapped = false;
  auto done = for_batches(input, false, [&](std::span<const record> records) -> result<void> {
    const auto texts = texts_of(records);
    std::span<const classification> answers[2];
    for (const int turn : {0, 1}) {  // in turn, so that neither always comes first
      const int m = swapped ? 1 - turn : turn;
      const auto begin = std::chrono::steady_clock::now();
      answers[m] = classifiers[static_cast<std::size_t>(m)](texts, {.max_length = max_length, .executor = pool});
      c.seconds[m] += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
    swapped = !swapped;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const classification &a = answers[0][i], &b = answers[1][i];
      if (!a.has_label() || !b.has_label()) return no_label(records[i].line);
      const double gap =
          std::abs(static_cast<double>(a.score) - static_cast<double>(b.scores[static_cast<std::size_t>(a.label_id)]));
      ++c.texts;
      c.sum += gap;
      c.largest = std::max(c.largest, gap);
      if (a.label_id == b.label_id)
        ++c.same;
      else if (c.flips.size() < flips)
        c.flips.push_back(
            {records[i].line, records[i].text, {std::string(a.label), std::string(b.label)}, {a.score, b.score}});
      if (input.label_column.empty()) continue;
      const auto truth = label_id(known, records[i].label);
      if (!truth) return unknown_label(known, input, records[i]);
      const bool right[2] = {static_cast<std::size_t>(a.label_id) == *truth,
                             static_cast<std::size_t>(b.label_id) == *truth};
      ++c.labelled;
      for (const int m : {0, 1}) {
        c.right[m] += right[m] ? 1U : 0U;
        c.only[m] += right[m] && !right[1 - m] ? 1U : 0U;
      }
    }
    return {};
  });
  if (!done) return done;
  output out;
  out.pending = format == output_format::json ? json(*this, c) : text(*this, c);
  return out.flush();
}

}  // namespace tool
