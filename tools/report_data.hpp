#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "distilbert/pipeline/calibration.hpp"
#include "distilbert/pipeline/explain.hpp"
#include "distilbert/pipeline/signals.hpp"

namespace tool {

/// Texts by the label that they got; one entry more than there are labels: those that got none.
struct label_counts {
  std::vector<std::size_t> by_label;
  std::size_t total = 0;
  void add(std::size_t label) {
    ++by_label[label];
    ++total;
  }
};

/// A text that the page shows.
struct report_example {
  std::string text, label;
  float score = 0;
  distilbert::explanation why;
};

/// All that a page tells about the texts of a file, gathered text by text; its size does not grow with the file, but
/// with the number of groups and days.
struct report_data {
  static constexpr std::size_t score_bins = 20;
  static constexpr std::size_t longest_example = 2000;  ///< bytes of a text that is shown

  report_data(std::vector<std::string> labels, std::size_t examples)
      : labels(std::move(labels)), wanted_examples(examples), truth(this->labels.size()) {
    counts = empty_counts();
    histogram.resize(score_bins);
    confusion.assign(this->labels.size(), std::vector<std::size_t>(this->labels.size()));
  }

  label_counts empty_counts() const { return {std::vector<std::size_t>(labels.size() + 1), 0}; }
  /// The label whose score the histogram counts: POSITIVE, in models of sentiment; none where there are not two.
  std::optional<std::size_t> axis() const { return labels.size() == 2 ? std::optional<std::size_t>(1) : std::nullopt; }

  struct answer {
    std::size_t best = 0;  ///< label id
    bool abstained = false, truncated = false;
    std::span<const float> scores;
  };

  void add(const std::string& text, const answer& a, const distilbert::text_signals& s) {
    const std::size_t shown = a.abstained ? labels.size() : a.best;
    counts.add(shown);
    const float score = a.scores[axis().value_or(a.best)];
    const auto bin = static_cast<std::size_t>(score * static_cast<float>(score_bins));
    ++histogram[bin < score_bins ? bin : score_bins - 1];
    empty += s.empty ? 1U : 0U;
    truncated += a.truncated ? 1U : 0U;
    not_english += s.not_english ? 1U : 0U;
    many_emoji += s.emoji > 0.2F ? 1U : 0U;
    many_unknown += s.unknown_tokens > 0.1F ? 1U : 0U;
    close_call += s.margin < 0.2F ? 1U : 0U;
    if (s.empty || text.size() > longest_example) return;
    for (std::size_t l = 0; l < labels.size(); ++l)
      if (l == a.best) keep(most_certain[l], text, l, a.scores[l], true);
    keep(least_certain, text, a.best, a.scores[a.best], false);
  }

  void add_group(const std::string& group, std::size_t label) {
    auto [at, added] = groups.try_emplace(group);
    if (added) at->second = empty_counts();
    at->second.add(label);
  }
  /// @param date begins with YYYY-MM-DD or YYYY-MM; anything else is counted as unreadable.
  void add_date(const std::string& date, std::size_t label);
  /// The trend by days, or by months where there are more than 62 days.
  std::map<std::string, label_counts> periods() const;

  std::vector<std::string> labels;
  std::size_t wanted_examples;
  label_counts counts;
  std::vector<std::size_t> histogram;
  std::size_t empty = 0, truncated = 0, not_english = 0, many_emoji = 0, many_unknown = 0, close_call = 0;
  std::map<std::string, label_counts> groups, days;
  std::size_t unreadable_dates = 0;
  std::map<std::size_t, std::vector<report_example>> most_certain;  // by label
  std::vector<report_example> least_certain;
  distilbert::labelled_logits truth;                // where true labels are given
  std::vector<std::vector<std::size_t>> confusion;  // [truth][answer]

 private:
  // Keeps the texts of the highest or lowest scores, in order; of equal ones the first.
  void keep(std::vector<report_example>& kept, const std::string& text, std::size_t label, float score, bool highest) {
    const auto before = [&](const report_example& e) { return highest ? e.score >= score : e.score <= score; };
    std::size_t at = 0;
    while (at < kept.size() && before(kept[at])) ++at;
    if (at >= wanted_examples) return;
    for (const report_example& e : kept)
      if (e.text == text) return;
    kept.insert(kept.begin() + static_cast<std::ptrdiff_t>(at), report_example{text, labels[label], score, {}});
    if (kept.size() > wanted_examples) kept.pop_back();
  }
};

/// What the page says of how it was made.
struct report_origin {
  std::string title, input, model, group_column, time_column, neutral, label_column;
  double temperature = 1;
  std::size_t parameters = 0;
  std::vector<std::pair<std::string, std::string>> hashes = {};  ///< file name, SHA-256
};

/// The page: one file of HTML without scripts, that asks nothing of a network.
std::string report_page(const report_data& data, const report_origin& origin);

}  // namespace tool
