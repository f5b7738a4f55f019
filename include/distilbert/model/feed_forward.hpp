#pragma once
#include <string>

#include "distilbert/core/executor.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/packed_linear.hpp"
#include "distilbert/model/workspace.hpp"

namespace distilbert {

/// lin2(act(lin1(x))). Source: transformers modeling_distilbert.py, FFN.
class feed_forward {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(const linear_kernels& kernels, isize dim, isize hidden) noexcept {
    return packed_linear::arena_floats(kernels, 1, hidden, dim) + packed_linear::arena_floats(kernels, 1, dim, hidden);
  }

  /// Reads `<name>.lin1` [hidden x dim] and `<name>.lin2` [dim x hidden]. Failures stay with the reader.
  [[gnu::cold]] static feed_forward load(weight_reader& reader, const std::string& name, isize dim, isize hidden,
                                         kernels::activation act, weight_arena& arena) {
    feed_forward f;
    f.lin1_ = packed_linear::load(reader, {name + ".lin1"}, hidden, dim, arena);
    f.lin2_ = packed_linear::load(reader, {name + ".lin2"}, dim, hidden, arena);
    f.act_ = act;
    return f;
  }

  /// y = lin2(act(lin1(x))) + x.
  void operator()(matrix x, matrix y, workspace& w, parallel_ref parallel) const {
    const matrix hidden = w.hidden.slice(0, x.rows);
    lin1_(x, hidden, w.scratch, parallel, act_);
    lin2_(hidden, y, w.scratch, parallel, kernels::activation::none, x);
  }

 private:
  packed_linear lin1_, lin2_;
  kernels::activation act_ = kernels::activation::gelu;
};

}  // namespace distilbert
