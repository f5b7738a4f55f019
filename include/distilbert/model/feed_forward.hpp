#pragma once
#include <string>

#include "distilbert/core/executor.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/packed_linear.hpp"

namespace distilbert {

/// lin2(act(lin1(x))). Source: transformers modeling_distilbert.py, FFN.
class feed_forward {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(const kernels::kernel_table& table, isize dim, isize hidden) noexcept {
    return packed_linear::arena_floats(table, 1, hidden, dim) + packed_linear::arena_floats(table, 1, dim, hidden);
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

  /// y = lin2(act(lin1(x))) + x, with `hidden` [rows of x x hidden_dim] as room between the two.
  void operator()(matrix x, matrix hidden, matrix y, parallel_ref parallel) const {
    const matrix between = hidden.slice(0, x.rows);
    lin1_(x, between, parallel, act_);
    lin2_(between, y, parallel, kernels::activation::none, x);
  }

 private:
  packed_linear lin1_, lin2_;
  kernels::activation act_ = kernels::activation::gelu;
};

}  // namespace distilbert
