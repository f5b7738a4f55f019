#pragma once
#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "distilbert/core/executor.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/weight_arena.hpp"
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
    layer.columns_ = columns;
    std::string all = *names.begin();  // "...q_lin+k_lin+v_lin"
    for (const std::string* name = names.begin() + 1; name != names.end(); ++name)
      all += "+" + name->substr(name->rfind('.') + 1);
    layer.bias_ = arena.section(all + ".bias", columns, [&](float* bias) {
      std::fill_n(bias, columns, 0.0F);
      for (const std::string& name : names) reader.floats(name + ".bias", {n}, std::exchange(bias, bias + layer.part_));
    });
    layer.panels_ = arena.section(all + ".weight", columns * k, [&](float* panels) {
      if (layer.part_ != n) std::fill_n(panels, columns * k, 0.0F);
      isize first = 0;
      for (const std::string& name : names) {
        if (const tensor_view* weight = reader.find(name + ".weight", {n, k}))
          layer.pack(reader, *weight, n, first, panels);
        first += layer.part_;
      }
    });
    return layer;
  }

  /// Columns from one part's first output to the next one's.
  isize part_columns() const noexcept { return part_; }

  /// Parts begin..begin+count-1 alone.
  packed_linear parts(isize begin, isize count) const noexcept {
    packed_linear some = *this;
    some.bias_ += begin * part_;
    some.first_ += begin * part_;
    some.n_ = count * part_;
    return some;
  }

  /// y = act(x W^T + b) + residual. y overlaps neither x nor residual.
  // Not inlined: each of the callers would compile it again.
  [[gnu::noinline]] void operator()(matrix x, matrix y, parallel_ref parallel,
                                    kernels::activation act = kernels::activation::none, matrix residual = {}) const {
    const isize threads = static_cast<isize>(parallel.concurrency());
    const isize width = kernels_->panel_width, panels = (n_ + width - 1) / width;
    // Split by columns, each thread streams weights of its own and all read the same rows; split by rows, all stream
    // all weights. So rows are split where that shares the work out better, and where a thread has so many (14 tiles,
    // some 126 rows) that streams cost it nothing: then it reads what it has written itself. Never k: each output stays
    // one chain.
    const isize tiles = (x.rows + kernels_->tile_rows - 1) / kernels_->tile_rows;
    const auto largest_share = [&](isize units) {
      return static_cast<double>((units + threads - 1) / threads) / static_cast<double>(units);
    };
    const bool by_rows = tiles >= 14 * threads || largest_share(tiles) < 0.9 * largest_share(panels);
    const isize units = by_rows ? tiles : panels, pieces = std::min(threads, units);
    parallel(static_cast<std::size_t>(pieces), [&](std::size_t piece) {
      const isize i = static_cast<isize>(piece), begin = units * i / pieces, end = units * (i + 1) / pieces;
      const isize row = by_rows ? begin * kernels_->tile_rows : 0, column = by_rows ? 0 : begin * width;
      const isize row_end = by_rows ? std::min(x.rows, end * kernels_->tile_rows) : x.rows;
      const isize column_end = by_rows ? n_ : std::min(n_, end * width);
      for_each_block(k_, [&](isize k0, isize depth) {
        const bool begins = k0 == 0, ends = k0 + depth == k_;
        kernels_->gemm({.a = x.row(row) + k0,
                        .lda = x.ld,
                        .panels = panels_ + columns_ * k0 + (first_ + column) * depth,
                        .init = begins ? bias_ + column : y.row(row) + column,
                        .ld_init = begins ? 0 : y.ld,
                        .residual = ends && residual.data != nullptr ? residual.row(row) + column : nullptr,
                        .ld_residual = residual.ld,
                        .c = y.row(row) + column,
                        .ldc = y.ld,
                        .m = row_end - row,
                        .n = column_end - column,
                        .k = depth,
                        .act = ends ? act : kernels::activation::none});
      });
    });
  }

 private:
  // A weight as outputs first..first+n-1. Each thread packs panels of its own.
  [[gnu::cold]] void pack(const weight_reader& reader, const tensor_view& weight, isize n, isize first,
                          float* panels) const {
    std::vector<std::byte> copy;
    const auto* rows = static_cast<const std::byte*>(weight_reader::aligned(weight, copy));
    const kernels::weight_format format = weight_reader::format(weight.type);
    const isize width = kernels_->panel_width, count = part_ / width;
    const isize pieces = std::min(count, static_cast<isize>(reader.parallel().concurrency()));
    reader.parallel()(static_cast<std::size_t>(pieces), [&](std::size_t piece) {
      const isize i = static_cast<isize>(piece), row = count * i / pieces * width;
      const isize end = std::min(n, count * (i + 1) / pieces * width);
      for_each_block(k_, [&](isize k0, isize depth) {
        kernels_->pack({.weight = rows + static_cast<std::size_t>(row * k_ + k0) * kernels::bytes_of(format),
                        .ld = k_,
                        .format = format,
                        .n = end - row,
                        .k = depth,
                        .panels = panels + columns_ * k0,
                        .first_output = first + row});
      });
    });
    reader.release(weight);
  }

  // Blocks of nearly equal depth: f(first k, depth).
  template <class Function>
  static void for_each_block(isize k, Function&& f) {
    const isize blocks = (k + kernels::k_block - 1) / kernels::k_block;
    for (isize i = 0; i < blocks; ++i) f(k * i / blocks, k * (i + 1) / blocks - k * i / blocks);
  }

  const kernels::kernel_table* kernels_ = nullptr;
  const float* panels_ = nullptr;
  const float* bias_ = nullptr;
  isize columns_ = 0, first_ = 0;  // of all parts; the first of these
  isize part_ = 0, n_ = 0, k_ = 0;
};

}  // namespace distilbert
