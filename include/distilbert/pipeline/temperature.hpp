#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "distilbert/pipeline/options.hpp"

namespace distilbert {

/// Scores of logits divided by a temperature: above 1 they are less certain, below 1 more. The best label stays the
/// best. Computed in float64.
///
/// Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.
/// @param scores as many as logits.
inline void scores_at(double temperature, score_function function, std::span<const float> logits,
                      std::span<float> scores) noexcept {
  const auto scaled = [&](std::size_t i) { return static_cast<double>(logits[i]) / temperature; };
  if (function == score_function::softmax) {
    const double top = static_cast<double>(*std::max_element(logits.begin(), logits.end())) / temperature;
    double sum = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) sum += std::exp(scaled(i) - top);
    for (std::size_t i = 0; i < logits.size(); ++i) scores[i] = static_cast<float>(std::exp(scaled(i) - top) / sum);
  } else if (function == score_function::sigmoid) {
    for (std::size_t i = 0; i < logits.size(); ++i) scores[i] = static_cast<float>(1 / (1 + std::exp(-scaled(i))));
  } else {
    std::copy(logits.begin(), logits.end(), scores.begin());  // a regression's values have no certainty
  }
}

}  // namespace distilbert
