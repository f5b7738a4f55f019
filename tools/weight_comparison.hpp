#pragma once
#include <cstddef>
#include <string>

#include "commands.hpp"
#include "distilbert/core/executor.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/text_classifier.hpp"

namespace tool {

/// How the answers of one classifier differ from those of another over a labelled file.
struct weight_comparison {
  struct side {
    std::string weights, kernels;
    std::size_t correct = 0;
    double seconds = 0;
  };
  side reference, other;
  std::size_t total = 0;
  std::size_t flips = 0;                       ///< texts with another label
  double mean_change = 0, largest_change = 0;  ///< of the probability of a label, of all labels of all texts

  /// Classifies all texts of `input` by both. Errors: those of reading, of a label that neither knows.
  static distilbert::result<weight_comparison> run(distilbert::text_classifier& reference,
                                                   distilbert::text_classifier& other, const input_options& input,
                                                   std::size_t max_length, distilbert::parallel_ref executor);

  /// For people, and as a JSON object.
  std::string text() const;
  std::string json() const;
};

}  // namespace tool
