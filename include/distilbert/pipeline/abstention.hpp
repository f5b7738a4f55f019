#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"

namespace distilbert {

/// When an answer is not given: what a model of two labels cannot say, "neither". Nothing uses it unless asked to.
class abstention {
 public:
  /// Abstains where the best score is below `least`.
  static abstention below(float least) noexcept { return {least, 1, 0, false}; }
  /// Abstains where the score of label `label` is within [low, high].
  static abstention inside(float low, float high, std::size_t label = 1) noexcept { return {low, high, label, true}; }

  /// Reads "0.8": below; or "0.35..0.65": inside, for a model of two labels, the score of the second (POSITIVE, in
  /// models of sentiment).
  ///
  /// Errors: invalid_argument, for anything else, for numbers outside 0..1, or the last of a band before its first.
  static result<abstention> parse(std::string_view rule) {
    const auto wrong = [&] {
      return error{errc::invalid_argument,
                   detail::concat({"expected a score such as 0.8 or a band such as 0.35..0.65, found ", rule})};
    };
    const std::size_t dots = rule.find("..");
    const auto first = number(rule.substr(0, dots));
    if (!first.second) return wrong();
    if (dots == std::string_view::npos) return below(first.first);
    const auto last = number(rule.substr(dots + 2));
    if (!last.second || last.first < first.first) return wrong();
    return inside(first.first, last.first);
  }

  /// Whether the rule is one for models of two labels alone.
  bool is_band() const noexcept { return band_; }

  /// Whether the answer with these scores is not given. @param scores by label id; the band's label is among them.
  bool operator()(std::span<const float> scores) const noexcept {
    if (band_) return low_ <= scores[label_] && scores[label_] <= high_;
    return *std::max_element(scores.begin(), scores.end()) < low_;
  }

 private:
  abstention(float low, float high, std::size_t label, bool band) noexcept
      : low_(low), high_(high), label_(label), band_(band) {}

  // A plain decimal within 0..1, and whether it is one. Not std::from_chars, which not every library has for numbers
  // with a fraction.
  static std::pair<float, bool> number(std::string_view text) {
    double value = 0, place = 1;
    bool fraction = false, digits = false;
    for (const char c : text) {
      if (c == '.' && !fraction) {
        fraction = true;
      } else if (c >= '0' && c <= '9') {
        digits = true;
        place = fraction ? place / 10 : place;
        value = fraction ? value + (c - '0') * place : value * 10 + (c - '0');
      } else {
        return {0.0F, false};
      }
    }
    return {static_cast<float>(value), digits && value <= 1};
  }

  float low_, high_;
  std::size_t label_;
  bool band_;
};

}  // namespace distilbert
