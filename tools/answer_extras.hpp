#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/abstention.hpp"
#include "distilbert/pipeline/long_text.hpp"
#include "distilbert/pipeline/signals.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "extra_options.hpp"

namespace tool {

/// Classifies as text_classifier does, with what extra_options ask for.
class answer_extras {
 public:
  /// The labels of texts for which the model's is not given: inside a band, below a score.
  static constexpr std::string_view neutral_label = "NEUTRAL", unsure_label = "UNSURE";

  /// Errors: invalid_argument, for options that do not go together or are not for this model; those of
  /// calibration::load.
  static distilbert::result<answer_extras> make(const extra_options& options, const distilbert::text_classifier& base);

  /// Names of the fields, or columns, that an answer has beyond the usual ones.
  std::vector<std::string> names(bool json) const;

  /// One answer each, in order, until the next call. label may be one of those above; score is the best label's still.
  /// Errors: those of long_text_classifier.
  distilbert::result<std::span<const distilbert::classification>> operator()(
      std::span<const std::string_view> texts, const distilbert::classify_options& options);

  /// Of answer i, its values by names(), in JSON or for a table's cells.
  std::vector<std::string> values(std::size_t i, bool json) const;
  /// The same for people: "(not English) (mixed) "; empty where there is nothing to say.
  std::string remarks(std::size_t i) const;
  /// Why answer i is none; empty where it is one. With overflow::error, a text may be too long.
  std::string fault(std::size_t i) const;

 private:
  explicit answer_extras(const extra_options& options, const distilbert::text_classifier& base)
      : options_(options), reader_(base) {}
  std::string windows_json(std::size_t i) const;

  extra_options options_;
  distilbert::long_text_classifier reader_;
  std::optional<distilbert::abstention> abstain_;
  double temperature_ = 1;
  std::size_t limit_ = 0;
  std::span<const distilbert::long_classification> read_;
  std::vector<distilbert::classification> answers_;
  std::vector<distilbert::text_signals> signals_;
  std::vector<std::string> sentences_;  // JSON
  distilbert::encoding room_;
};

}  // namespace tool
