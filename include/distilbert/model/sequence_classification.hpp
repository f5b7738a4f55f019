#pragma once
#include <string>

#include "distilbert/core/executor.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/packed_linear.hpp"

namespace distilbert {

/// classifier(relu(pre_classifier(hidden state of [CLS]))).
/// Always of f32: it is small, and nothing after it evens errors out.
/// Source: transformers modeling_distilbert.py, DistilBertForSequenceClassification.
class sequence_classification_head {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(const kernels::kernel_table& table, isize dim, isize labels) noexcept {
    return packed_linear::arena_floats(table, 1, dim, dim) + packed_linear::arena_floats(table, 1, labels, dim);
  }

  /// Reads `pre_classifier` [dim x dim] and `classifier` [labels x dim]. Failures stay with the reader.
  [[gnu::cold]] static sequence_classification_head load(weight_reader& reader, isize dim, isize labels,
                                                         weight_arena& arena) {
    sequence_classification_head head;
    head.pre_classifier_ = packed_linear::load(reader, {"pre_classifier"}, dim, dim, arena, reader.kernels());
    head.classifier_ = packed_linear::load(reader, {"classifier"}, labels, dim, arena, reader.kernels());
    return head;
  }

  /// logits [texts x labels] from `first` [texts x dim]; `room` is as large as `first`.
  void operator()(matrix first, matrix room, matrix logits, parallel_ref parallel) const {
    pre_classifier_(first, room, {}, parallel, kernels::activation::relu);
    classifier_(room, logits, {}, parallel);
  }

 private:
  packed_linear pre_classifier_, classifier_;
};

}  // namespace distilbert
