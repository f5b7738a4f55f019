#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace tool {

/// Counts how the answers of a classifier compare with the true labels, and says what follows from it.
class tally {
 public:
  explicit tally(std::size_t labels) : confusion_(labels, std::vector<std::size_t>(labels)) {}

  /// One text: its true label, the label it got, its logits by label id.
  void add(std::size_t truth, std::size_t answer, std::span<const float> logits);

  std::size_t labels() const noexcept { return confusion_.size(); }
  std::size_t total() const noexcept { return total_; }
  std::size_t correct() const noexcept;
  /// How many texts of label `truth` got the label `answer`.
  std::size_t count(std::size_t truth, std::size_t answer) const noexcept { return confusion_[truth][answer]; }
  /// How many texts are of this label, and how many got it.
  std::size_t support(std::size_t label) const noexcept;
  std::size_t predicted(std::size_t label) const noexcept;

  // Where a ratio is of nothing, it is 0, as in scikit-learn.
  double accuracy() const noexcept;
  double precision(std::size_t label) const noexcept;
  double recall(std::size_t label) const noexcept;
  /// The harmonic mean of precision and recall.
  double f1(std::size_t label) const noexcept;
  /// The mean of -ln softmax(logits)[truth], in float64.
  double cross_entropy() const noexcept;

 private:
  std::vector<std::vector<std::size_t>> confusion_;  // [truth][answer]
  std::size_t total_ = 0;
  double cross_entropy_sum_ = 0;
};

}  // namespace tool
