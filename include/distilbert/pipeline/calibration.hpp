#pragma once
// An include of its own: who uses scores as they are does not pay for it.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/temperature.hpp"

namespace distilbert {

/// Logits of texts whose true labels are known.
class labelled_logits {
 public:
  /// @param labels of the model, two at least.
  explicit labelled_logits(std::size_t labels) : labels_(labels) {}

  /// One text. @param logits by label id. @param truth the true label's id.
  void add(std::span<const float> logits, std::size_t truth) {
    logits_.insert(logits_.end(), logits.begin(), logits.end());
    truths_.push_back(truth);
  }

  /// Texts.
  std::size_t size() const noexcept { return truths_.size(); }
  /// Labels of each.
  std::size_t labels() const noexcept { return labels_; }
  /// Logits of a text, by label id.
  std::span<const float> logits(std::size_t text) const noexcept {
    return std::span<const float>(logits_).subspan(text * labels_, labels_);
  }
  /// The true label's id of a text.
  std::size_t truth(std::size_t text) const noexcept { return truths_[text]; }

 private:
  std::size_t labels_;
  std::vector<float> logits_;
  std::vector<std::size_t> truths_;
};

inline constexpr double least_temperature = 0.01;  ///< that fitting gives
inline constexpr double most_temperature = 100;    ///< likewise

/// The temperature that makes the log loss of softmax(logits / temperature) least; within [0.01, 100], at whose ends it
/// stays where the answers are all right, or no better than chance. The log loss is convex in 1 / temperature: its
/// derivative is bisected, so that the same logits give the same temperature.
///
/// Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.
/// Errors: invalid_argument, for no texts.
inline result<double> fit_temperature(const labelled_logits& texts) {
  if (texts.size() == 0) return error{errc::invalid_argument, "calibration: expected labelled texts, found none"};
  // Of the sum of log losses, after 1 / temperature: the mean logit by the scores, less the true label's.
  const auto slope = [&](double inverse) {
    double total = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto z = texts.logits(i);
      const double top = static_cast<double>(*std::max_element(z.begin(), z.end()));
      double sum = 0, mean = 0;
      for (const float logit : z) {
        const double e = std::exp((static_cast<double>(logit) - top) * inverse);
        sum += e;
        mean += e * static_cast<double>(logit);
      }
      total += mean / sum - static_cast<double>(z[texts.truth(i)]);
    }
    return total;
  };
  double low = 1 / most_temperature, high = 1 / least_temperature;
  if (slope(low) >= 0) return most_temperature;
  if (slope(high) <= 0) return least_temperature;
  for (int step = 0; step < 60; ++step) {
    const double middle = std::sqrt(low * high);
    (slope(middle) < 0 ? low : high) = middle;
  }
  return 1 / std::sqrt(low * high);
}

/// The answers whose best score lies in (low, high].
struct reliability_bin {
  double low = 0;         ///< of the scores, exclusive
  double high = 0;        ///< inclusive
  std::size_t texts = 0;  ///< answers in it
  double confidence = 0;  ///< mean of their best scores; 0 of none
  double accuracy = 0;    ///< share of them that is right; 0 of none
};

/// How far scores are to be believed.
struct reliability {
  std::size_t texts = 0;                  ///< all answers
  double accuracy = 0;                    ///< share of them that is right
  double confidence = 0;                  ///< mean of the best scores
  double expected_calibration_error = 0;  ///< mean of |accuracy - confidence| over bins, weighted by their texts
  double brier = 0;                       ///< mean over texts of the sum over labels of (score - truth)^2
  double log_loss = 0;                    ///< mean of -ln(score of the true label), nats
  std::vector<reliability_bin> bins;      ///< of equal width, from 0 to 1
};

/// Measures softmax(logits / temperature) against the truth.
///
/// Source: Guo et al. 2017, section 2 (expected calibration error, equal bins); Brier 1950.
inline reliability measure_reliability(const labelled_logits& texts, double temperature, std::size_t bins = 15) {
  reliability out;
  out.texts = texts.size();
  out.bins.resize(bins);
  for (std::size_t b = 0; b < bins; ++b) {
    out.bins[b].low = static_cast<double>(b) / static_cast<double>(bins);
    out.bins[b].high = static_cast<double>(b + 1) / static_cast<double>(bins);
  }
  std::vector<double> scores(texts.labels());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto z = texts.logits(i);
    const auto best = static_cast<std::size_t>(std::max_element(z.begin(), z.end()) - z.begin());
    const double top = static_cast<double>(z[best]);
    double sum = 0;
    for (std::size_t l = 0; l < scores.size(); ++l)
      sum += scores[l] = std::exp((static_cast<double>(z[l]) - top) / temperature);
    for (std::size_t l = 0; l < scores.size(); ++l) {
      const double gap = scores[l] / sum - (l == texts.truth(i) ? 1.0 : 0.0);
      out.brier += gap * gap;
    }
    out.log_loss += std::log(sum) - (static_cast<double>(z[texts.truth(i)]) - top) / temperature;
    const double confidence = scores[best] / sum;
    const double right = best == texts.truth(i) ? 1 : 0;
    const double place = std::ceil(confidence * static_cast<double>(bins)) - 1;
    reliability_bin& bin = out.bins[place > 0 ? std::min(static_cast<std::size_t>(place), bins - 1) : 0];
    ++bin.texts;
    bin.confidence += confidence;
    bin.accuracy += right;
    out.confidence += confidence;
    out.accuracy += right;
  }
  const double all = texts.size() == 0 ? 1 : static_cast<double>(texts.size());
  for (double* mean : {&out.accuracy, &out.confidence, &out.brier, &out.log_loss}) *mean /= all;
  for (reliability_bin& bin : out.bins) {
    if (bin.texts == 0) continue;
    out.expected_calibration_error += std::abs(bin.accuracy - bin.confidence) / all;
    bin.accuracy /= static_cast<double>(bin.texts);
    bin.confidence /= static_cast<double>(bin.texts);
  }
  return out;
}

/// From which score on answers of one label are as often right as was wanted.
struct score_threshold {
  std::size_t label = 0;    ///< id of the label
  float score = 0;          ///< answers of the label with this score or more ...
  double precision = 0;     ///< ... are right so often
  std::size_t texts = 0;    ///< so many answers
  std::size_t answers = 0;  ///< of all that got the label
};

/// The least score from which on a label's answers reach `precision` (0..1]; none where no score does. Measured on
/// these texts: of others a few more will be wrong.
inline std::optional<score_threshold> threshold_for(const labelled_logits& texts, double temperature, std::size_t label,
                                                    double precision) {
  std::vector<std::pair<float, bool>> answers;
  std::vector<float> scores(texts.labels());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    scores_at(temperature, score_function::softmax, texts.logits(i), scores);
    const auto best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    if (best == label) answers.emplace_back(scores[label], texts.truth(i) == label);
  }
  std::sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::optional<score_threshold> found;
  std::size_t right = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    right += answers[i].second ? 1 : 0;
    if (i + 1 < answers.size() && answers[i + 1].first == answers[i].first) continue;  // equal scores stay together
    const double reached = static_cast<double>(right) / static_cast<double>(i + 1);
    if (reached >= precision) found = score_threshold{label, answers[i].first, reached, i + 1, answers.size()};
  }
  return found;
}

}  // namespace distilbert
