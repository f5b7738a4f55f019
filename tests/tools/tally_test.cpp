#include "tally.hpp"

#include <array>
#include <cmath>

#include <doctest/doctest.h>

namespace {

// Truths 0 0 0 1 1 2 against answers 0 1 0 1 1 1: no text got label 2.
tool::tally example() {
  tool::tally t(3);
  const std::array logits = {0.0F, 0.0F, 0.0F};
  const std::array truths = {0, 0, 0, 1, 1, 2}, answers = {0, 1, 0, 1, 1, 1};
  for (std::size_t i = 0; i < truths.size(); ++i)
    t.add(static_cast<std::size_t>(truths[i]), static_cast<std::size_t>(answers[i]), logits);
  return t;
}

}  // namespace

TEST_CASE("precision, recall and F1 are those of scikit-learn") {
  // sklearn.metrics.precision_recall_fscore_support([0,0,0,1,1,2], [0,1,0,1,1,1], zero_division=0)
  const tool::tally t = example();
  CHECK(t.precision(0) == 1.0);
  CHECK(t.precision(1) == 0.5);
  CHECK(t.precision(2) == 0.0);
  CHECK(t.recall(0) == doctest::Approx(2.0 / 3).epsilon(1e-15));
  CHECK(t.recall(1) == 1.0);
  CHECK(t.recall(2) == 0.0);
  CHECK(t.f1(0) == doctest::Approx(0.8).epsilon(1e-15));
  CHECK(t.f1(1) == doctest::Approx(2.0 / 3).epsilon(1e-15));
  CHECK(t.f1(2) == 0.0);
  CHECK(t.support(0) == 3);
  CHECK(t.support(1) == 2);
  CHECK(t.support(2) == 1);
}

TEST_CASE("the confusion matrix counts answers by true label") {
  const tool::tally t = example();
  CHECK(t.count(0, 0) == 2);
  CHECK(t.count(0, 1) == 1);
  CHECK(t.count(1, 1) == 2);
  CHECK(t.count(2, 1) == 1);
  CHECK(t.count(1, 0) == 0);
  CHECK(t.correct() == 4);
  CHECK(t.total() == 6);
  CHECK(t.accuracy() == doctest::Approx(4.0 / 6).epsilon(1e-15));
}

TEST_CASE("cross-entropy is the mean of the true labels' negative log-probabilities") {
  tool::tally t(2);
  const std::array<float, 2> even = {5, 5}, sure = {1000, 0};
  t.add(0, 0, even);
  CHECK(t.cross_entropy() == doctest::Approx(std::log(2.0)).epsilon(1e-15));
  t.add(0, 0, sure);
  CHECK(t.cross_entropy() == doctest::Approx(std::log(2.0) / 2).epsilon(1e-15));
  t.add(1, 0, sure);  // a probability that float64 cannot hold
  CHECK(t.cross_entropy() == doctest::Approx((std::log(2.0) + 1000) / 3).epsilon(1e-15));
}

TEST_CASE("of no texts every measure is 0") {
  const tool::tally t(2);
  CHECK(t.accuracy() == 0);
  CHECK(t.precision(0) == 0);
  CHECK(t.f1(1) == 0);
  CHECK(t.cross_entropy() == 0);
}
