#pragma once
#include <algorithm>
#include <span>
#include <string>

#include "distilbert/core/executor.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/weights.hpp"

namespace distilbert {

/// A linear layer, y = act(x W^T + b) + residual, packed for the kernels of one instruction set, which it carries.
///
/// Several layers of the same input (q_lin, k_lin, v_lin) can be packed as one: part p's outputs then start at column
/// p * part_columns(), a whole number of panels.
class packed_linear {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(const kernels::kernel_table& table, isize parts, isize n, isize k) noexcept {
    const isize columns = parts * kernels::round_up(n, table.panel_width);
    return weight_arena::padded(columns) + weight_arena::padded(columns * k);
  }

  /// Packs `<name>.weight` [n x k] and `<name>.bias` [n] of each name. Failures stay with the reader.
  [[gnu::cold]] static packed_linear load(weight_reader& reader, std::initializer_list<std::string> names, isize n,
                                          isize k, weight_arena& arena) {
    const kernels::kernel_table& table = reader.kernels();
    packed_linear layer;
    layer.kernels_ = &table;
    layer.part_ = kernels::round_up(n, table.panel_width);
    layer.n_ = names.size() == 1 ? n : layer.part_ * static_cast<isize>(names.size());
    layer.k_ = k;
    const isize columns = layer.part_ * static_cast<isize>(names.size());
    float* bias = arena.take(columns);
    float* panels = arena.take(columns * k);
    isize first = 0;
    for (const std::string& name : names) {
      if (const tensor_view* weight = reader.find(name + ".weight", {n, k})) {
        std::vector<std::byte> copy;
        table.pack({weight_reader::aligned(*weight, copy), weight_reader::format(*weight), n, k, panels, first});
      }
      reader.floats(name + ".bias", {n}, bias + first);
      first += layer.part_;
    }
    layer.bias_ = bias;
    layer.panels_ = panels;
    return layer;
  }

  isize part_columns() const noexcept { return part_; }

  /// Parts begin..begin+count-1 alone.
  packed_linear parts(isize begin, isize count) const noexcept {
    packed_linear some = *this;
    some.bias_ += begin * part_;
    some.panels_ += begin * part_ * k_;
    some.n_ = count * part_;
    return some;
  }

  /// y = act(x W^T + b) + residual. y overlaps neither x nor residual.
  void operator()(matrix x, matrix y, parallel_ref parallel, kernels::activation act = kernels::activation::none,
                  matrix residual = {}) const {
    const isize threads = static_cast<isize>(parallel.concurrency());
    const isize width = kernels_->panel_width, panels = (n_ + width - 1) / width;
    // Many rows are split by rows, each thread with rows of its own in its cache; few rows by columns, each thread
    // with weights of its own to stream. Never by k: each output stays one chain.
    const isize tiles = (x.rows + kernels_->tile_rows - 1) / kernels_->tile_rows;
    const bool by_rows = tiles >= 4 * threads;
    const isize units = by_rows ? tiles : panels, pieces = std::min(threads, units);
    parallel(static_cast<std::size_t>(pieces), [&](std::size_t piece) {
      const isize i = static_cast<isize>(piece), begin = units * i / pieces, end = units * (i + 1) / pieces;
      const isize row = by_rows ? begin * kernels_->tile_rows : 0, column = by_rows ? 0 : begin * width;
      const isize row_end = by_rows ? std::min(x.rows, end * kernels_->tile_rows) : x.rows;
      const isize column_end = by_rows ? n_ : std::min(n_, end * width);
      kernels_->gemm({.a = x.row(row),
                      .lda = x.ld,
                      .panels = panels_ + column * k_,
                      .bias = bias_ + column,
                      .residual = residual.data == nullptr ? nullptr : residual.row(row) + column,
                      .ld_residual = residual.ld,
                      .c = y.row(row) + column,
                      .ldc = y.ld,
                      .m = row_end - row,
                      .n = column_end - column,
                      .k = k_,
                      .act = act});
    });
  }

 private:
  const kernels::kernel_table* kernels_ = nullptr;
  const float* panels_ = nullptr;
  const float* bias_ = nullptr;
  isize part_ = 0, n_ = 0, k_ = 0;
};

}  // namespace distilbert
