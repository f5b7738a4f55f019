#pragma once
#include <algorithm>
#include <atomic>
#include <string>

#include "distilbert/core/executor.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/packed_linear.hpp"
#include "distilbert/model/ragged_batch.hpp"
#include "distilbert/model/workspace.hpp"

namespace distilbert {

/// Which rows of a layer's output somebody reads.
enum class rows_read {
  all,    ///< every token's
  first,  ///< each text's first token's: what a classification head reads of the last layer
};

/// Multi-head self-attention up to, and without, its residual and layer norm.
/// Source: transformers modeling_distilbert.py, MultiHeadSelfAttention.
class self_attention {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(const linear_kernels& kernels, isize dim) noexcept {
    return packed_linear::arena_floats(kernels, 3, dim, dim) + packed_linear::arena_floats(kernels, 1, dim, dim);
  }

  /// Reads `<name>.q_lin`, `k_lin`, `v_lin` and `out_lin`, each [dim x dim]. Failures stay with the reader.
  [[gnu::cold]] static self_attention load(weight_reader& reader, const std::string& name, isize dim, isize heads,
                                           weight_arena& arena) {
    self_attention a;
    a.kernels_ = &reader.kernels();
    a.qkv_lin_ = packed_linear::load(reader, {name + ".q_lin", name + ".k_lin", name + ".v_lin"}, dim, dim, arena);
    a.out_lin_ = packed_linear::load(reader, {name + ".out_lin"}, dim, dim, arena);
    a.heads_ = heads;
    a.head_dim_ = dim / heads;
    return a;
  }

  /// y = out_lin(attention(x)) + residual, for the rows read. y and residual have one row for each of these.
  void operator()(const ragged_batch& batch, matrix x, rows_read read, matrix residual, matrix y, workspace& w,
                  parallel_ref parallel) const {
    matrix q = w.qkv;
    if (read == rows_read::all) {
      qkv_lin_(x, w.qkv, w.scratch, parallel);
    } else {
      q = w.first_q.slice(0, residual.rows);
      qkv_lin_.parts(0, 1)(residual, q, w.scratch, parallel);
      qkv_lin_.parts(1, 2)(x, w.qkv.columns(qkv_lin_.part_columns()), w.scratch, parallel);
    }
    attend(batch, read, q, w, parallel);
    out_lin_(w.context.slice(0, y.rows), y, w.scratch, parallel, kernels::activation::none, residual);
  }

 private:
  // Each head of each text is one item; whichever thread is free takes the next. Where it runs changes no bit of it.
  void attend(const ragged_batch& batch, rows_read read, matrix q, workspace& w, parallel_ref parallel) const {
    const isize part = qkv_lin_.part_columns();
    const std::size_t items = batch.texts() * static_cast<std::size_t>(heads_);
    std::atomic<std::size_t> next{0};
    parallel(std::min(parallel.concurrency(), items), [&](std::size_t thread) {
      for (std::size_t item; (item = next.fetch_add(1, std::memory_order_relaxed)) < items;) {
        const std::size_t t = item / static_cast<std::size_t>(heads_);
        const isize column = static_cast<isize>(item % static_cast<std::size_t>(heads_)) * head_dim_;
        const isize row = static_cast<isize>(batch.row(t)), seq = static_cast<isize>(batch.length(t));
        const isize query = read == rows_read::all ? row : static_cast<isize>(t);
        kernels_->attention({.q = q.row(query) + column,
                             .ldq = q.ld,
                             .k = w.qkv.row(row) + part + column,
                             .v = w.qkv.row(row) + 2 * part + column,
                             .ldkv = w.qkv.ld,
                             .out = w.context.row(query) + column,
                             .ld_out = w.context.ld,
                             .queries = read == rows_read::all ? seq : 1,
                             .seq = seq,
                             .head_dim = head_dim_,
                             .scratch = reinterpret_cast<float*>(w.scratch.of(thread))});
      }
    });
  }

  const kernels::kernel_table* kernels_ = nullptr;
  packed_linear qkv_lin_, out_lin_;
  isize heads_ = 0, head_dim_ = 0;
};

}  // namespace distilbert
