#include "tally.hpp"

#include <algorithm>
#include <cmath>

namespace tool {
namespace {

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void tally::add(std::size_t truth, std::size_t answer, std::span<const float> logits) {
  ++total_;
  ++confusion_[truth][answer];
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - top);
  cross_entropy_sum_ += std::log(sum) + top - static_cast<double>(logits[truth]);
}

std::size_t tally::correct() const noexcept {
  std::size_t n = 0;
  for (std::size_t i = 0; i < labels(); ++i) n += confusion_[i][i];
  return n;
}

std::size_t tally::support(std::size_t label) const noexcept {
  std::size_t n = 0;
  for (const std::size_t c : confusion_[label]) n += c;
  return n;
}

std::size_t tally::predicted(std::size_t label) const noexcept {
  std::size_t n = 0;
  for (const auto& row : confusion_) n += row[label];
  return n;
}

double tally::accuracy() const noexcept { return ratio(correct(), total_); }
double tally::precision(std::size_t label) const noexcept { return ratio(confusion_[label][label], predicted(label)); }
double tally::recall(std::size_t label) const noexcept { return ratio(confusion_[label][label], support(label)); }
double tally::f1(std::size_t label) const noexcept {
  return ratio(2 * confusion_[label][label], predicted(label) + support(label));
}
double tally::cross_entropy() const noexcept {
  return total_ == 0 ? 0 : cross_entropy_sum_ / static_cast<double>(total_);
}

}  // namespace tool
