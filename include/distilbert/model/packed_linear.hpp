#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/executor.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/linear_f32.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/weight_arena.hpp"
#include "distilbert/model/weights.hpp"

namespace distilbert {

/// A linear layer, y = act(x W^T + b) + residual, packed for the kernels of one type of weights and one instruction
/// set, which it carries.
///
/// Several layers of the same input (q_lin, k_lin, v_lin) can be packed as one: part p's outputs then start at column
/// p * part_columns(), a whole number of panels.
class packed_linear {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(const linear_kernels& kernels, isize parts, isize n, isize k) noexcept {
    const isize columns = parts * kernels::round_up(n, kernels.panel_width());
    return weight_arena::padded(columns) +
           weight_arena::padded(kernels.format->elements(kernels.set, columns, k), kernels.format->type);
  }

  /// Packs `<name>.weight` [n x k] and `<name>.bias` [n] of each name, for the reader's linear(). Where the file holds
  /// integers, `<name>.weight_scale` [n x blocks] is read beside them. Failures stay with the reader.
  [[gnu::cold]] static packed_linear load(weight_reader& reader, std::initializer_list<std::string> names, isize n,
                                          isize k, weight_arena& arena) {
    return load(reader, names, n, k, arena, reader.linear());
  }
  /// The same for other kernels.
  [[gnu::cold]] static packed_linear load(weight_reader& reader, std::initializer_list<std::string> names, isize n,
                                          isize k, weight_arena& arena, const linear_kernels& kernels) {
    const linear_format::description sizes = kernels.format->describe(kernels.set);
    packed_linear layer;
    layer.format_ = kernels.format;
    layer.set_ = kernels.set;
    layer.panel_width_ = sizes.panel_width;
    layer.tile_rows_ = sizes.tile_rows;
    layer.part_ = kernels::round_up(n, sizes.panel_width);
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
    const isize elements = kernels.format->elements(kernels.set, columns, k);
    layer.weights_ = arena.section(all + ".weight", kernels.format->type, elements, [&](std::byte* weights) {
      if (layer.part_ != n)
        std::memset(weights, 0, static_cast<std::size_t>(elements) * (bits_of(kernels.format->type) / 8));
      isize first = 0;
      for (const std::string& name : names) {
        if (const tensor_view* weight = reader.find(name + ".weight", {n, k}, kernels.format->scales != nullptr))
          layer.pack(reader, name, *weight, n, first, weights);
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
  /// @param scratch as many bytes as the type of weights asks for, for each thread.
  // Not inlined: each of the callers would compile it again.
  [[gnu::noinline]] void operator()(matrix x, matrix y, const thread_scratch& scratch, parallel_ref parallel,
                                    kernels::activation act = kernels::activation::none, matrix residual = {}) const {
    const isize threads = static_cast<isize>(parallel.concurrency());
    const isize width = panel_width_, panels = (n_ + width - 1) / width;
    // Split by columns, each thread streams weights of its own and all read the same rows; split by rows, all stream
    // all weights. So rows are split where that shares the work out better, and where a thread has so many (14 tiles,
    // some 126 rows) that streams cost it nothing: then it reads what it has written itself. Never k: each output stays
    // one chain.
    const isize tiles = (x.rows + tile_rows_ - 1) / tile_rows_;
    const auto largest_share = [&](isize units) {
      return static_cast<double>((units + threads - 1) / threads) / static_cast<double>(units);
    };
    const bool by_rows = tiles >= 14 * threads || largest_share(tiles) < 0.9 * largest_share(panels);
    const isize units = by_rows ? tiles : panels, pieces = std::min(threads, units);
    parallel(static_cast<std::size_t>(pieces), [&](std::size_t piece) {
      const isize i = static_cast<isize>(piece), begin = units * i / pieces, end = units * (i + 1) / pieces;
      const isize row = by_rows ? begin * tile_rows_ : 0, column = by_rows ? 0 : begin * width;
      const isize row_end = by_rows ? std::min(x.rows, end * tile_rows_) : x.rows;
      const isize column_end = by_rows ? n_ : std::min(n_, end * width);
      format_->gemm(set_, weights_, columns_, first_ + column,
                    {.a = x.row(row),
                     .lda = x.ld,
                     .panels = nullptr,
                     .init = bias_ + column,
                     .ld_init = 0,
                     .residual = residual.data != nullptr ? residual.row(row) + column : nullptr,
                     .ld_residual = residual.ld,
                     .c = y.row(row) + column,
                     .ldc = y.ld,
                     .m = row_end - row,
                     .n = column_end - column,
                     .k = k_,
                     .act = act,
                     .scratch = scratch.of(piece)});
    });
  }

 private:
  // A weight as outputs first..first+n-1. Each thread packs panels of its own.
  [[gnu::cold]] void pack(weight_reader& reader, const std::string& name, const tensor_view& weight, isize n,
                          isize first, std::byte* weights) const {
    std::vector<std::byte> copy;
    const auto* rows = static_cast<const std::byte*>(weight_reader::aligned(weight, copy));
    const kernels::weight_format format = weight_reader::format(weight.type);
    std::vector<float> scales;
    const isize blocks = format == kernels::weight_format::i8 ? format_->scales(k_) : 0;
    if (blocks > 0) {
      scales.resize(static_cast<std::size_t>(n * blocks));
      reader.floats(name + ".weight_scale", {n, blocks}, scales.data());
      if (reader.failed()) return;
    }
    const isize width = panel_width_, count = part_ / width;
    const isize pieces = std::min(count, static_cast<isize>(reader.parallel().concurrency()));
    std::vector<std::string_view> faults(static_cast<std::size_t>(pieces));
    reader.parallel()(static_cast<std::size_t>(pieces), [&](std::size_t piece) {
      const isize i = static_cast<isize>(piece), row = count * i / pieces * width;
      const isize end = std::min(n, count * (i + 1) / pieces * width);
      faults[piece] = format_->pack(set_,
                                    {.weight = rows + static_cast<std::size_t>(row * k_) * kernels::bytes_of(format),
                                     .format = format,
                                     .scales = scales.data() + row * blocks,
                                     .n = end - row,
                                     .k = k_,
                                     .first_output = first + row},
                                    columns_, weights);
    });
    for (const std::string_view fault : faults)
      if (!fault.empty()) reader.reject(name + ".weight", fault);
    reader.release(weight);
  }

  const linear_format* format_ = nullptr;
  const void* set_ = nullptr;
  const std::byte* weights_ = nullptr;
  const float* bias_ = nullptr;
  isize panel_width_ = 0, tile_rows_ = 0;
  isize columns_ = 0, first_ = 0;  // of all parts; the first of these
  isize part_ = 0, n_ = 0, k_ = 0;
};

}  // namespace distilbert
