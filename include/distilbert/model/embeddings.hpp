#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/core/concat.hpp"
#include "distilbert/core/executor.hpp"
#include "distilbert/kernels/int8_table.hpp"
#include "distilbert/model/layer_norm.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/ragged_batch.hpp"
#include "distilbert/model/weight_arena.hpp"
#include "distilbert/model/weights.hpp"

namespace distilbert {

/// Word and position embeddings and their layer norm. No padding, no token types.
///
/// The word table stays in the file's own format and, where the file is mapped, in the file's own pages: a text
/// touches one row of it a token.
class embeddings {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(isize dim, isize positions) noexcept {
    return weight_arena::padded(positions * dim) + layer_norm::arena_floats(dim);
  }

  /// @param borrow whether the checkpoint's bytes outlive the model; otherwise the word table is copied.
  [[gnu::cold]] static embeddings load(weight_reader& reader, const std::string& name, isize vocabulary, isize dim,
                                       isize positions, bool borrow, weight_arena& arena) {
    embeddings e;
    e.kernels_ = &reader.kernels();
    e.dim_ = dim;
    const std::string position_table = name + ".position_embeddings.weight", words = name + ".word_embeddings.weight";
    e.positions_ = arena.section(position_table, positions * dim, [&](float* out) {
      reader.floats(position_table, {positions, dim}, out);
    });
    e.norm_ = layer_norm::load(reader, name + ".LayerNorm", dim, arena);
    if (arena.file() != nullptr) {
      e.words_ = arena.next(words, std::nullopt, static_cast<std::size_t>(vocabulary * dim)).data();
      if (e.words_ != nullptr) e.format_ = weight_reader::format(arena.sections().back().type);
    } else {
      const linear_format& linear = *reader.linear().format;
      const tensor_view* table = reader.find(words, {vocabulary, dim}, linear.scales != nullptr);
      if (table == nullptr) return e;
      const kernels::weight_format found = weight_reader::format(table->type);
      if (linear.encode_words == nullptr || found == linear.words)
        e.use(words, *table, borrow, reader, arena);
      else
        e.convert(words, *table, dim, reader, arena);
    }
    if (e.format_ == kernels::weight_format::i8) e.scales_ = e.take_scales(words + "_scale", vocabulary, reader, arena);
    return e;
  }

  /// y[row of token] = layer_norm(word + position), for all tokens of the batch.
  void operator()(const ragged_batch& batch, matrix y, parallel_ref parallel) const {
    const std::size_t tokens = batch.tokens(), pieces = std::min(parallel.concurrency(), tokens);
    parallel(pieces, [&](std::size_t piece) {
      const std::size_t first = tokens * piece / pieces, last = tokens * (piece + 1) / pieces;
      for (std::size_t t = 0; t < batch.texts(); ++t) {
        const std::size_t row = batch.row(t), begin = std::max(row, first), end = std::min(row + batch.length(t), last);
        if (begin >= end) continue;
        const std::size_t position = begin - row;
        kernels_->embed({.ids = batch.text(t) + position,
                         .tokens = static_cast<isize>(end - begin),
                         .words = words_,
                         .format = format_,
                         .scales = scales_,
                         .positions = positions_ + static_cast<isize>(position) * dim_,
                         .gamma = norm_.gamma(),
                         .beta = norm_.beta(),
                         .epsilon = layer_norm_epsilon,
                         .y = y.row(static_cast<isize>(begin)),
                         .ldy = y.ld,
                         .n = dim_});
      }
    });
  }

  /// Memory of a word table that is not the file's own, in bytes.
  std::size_t copied_bytes() const noexcept { return copy_.size() + scales_copy_.size() * sizeof(float); }

 private:
  [[gnu::cold]] void use(const std::string& name, const tensor_view& table, bool borrow, weight_reader& reader,
                         weight_arena& arena) {
    format_ = weight_reader::format(table.type);
    words_ = table.bytes.data();
    if (!borrow || reinterpret_cast<std::uintptr_t>(words_) % kernels::bytes_of(format_) != 0) {
      if (copy_.allocate(table.bytes.size())) {
        std::memcpy(copy_.data(), words_, table.bytes.size());
      } else {
        reader.fail_with(
            {errc::out_of_memory, detail::concat({name, ": no memory for a copy of ", table.bytes.size(), " bytes"})});
      }
      words_ = copy_.data();
    }
    reader.release(table);  // a borrowed one as well: to look at its numbers took all of its pages
    arena.add(name, table.type, {static_cast<const std::byte*>(words_), table.bytes.size()});
  }

  // The words as the type of weights has them.
  [[gnu::cold]] void convert(const std::string& name, const tensor_view& table, isize dim, weight_reader& reader,
                             weight_arena& arena) {
    const linear_kernels& linear = reader.linear();
    const auto rows = static_cast<std::size_t>(table.shape[0]), n = static_cast<std::size_t>(dim);
    format_ = linear.format->words;
    const std::size_t row_bytes = n * kernels::bytes_of(format_);
    std::vector<std::byte> aligned;
    if (!copy_.allocate(rows * row_bytes) || !scales_copy_.allocate(rows))
      return reader.fail_with({errc::out_of_memory, detail::concat({name, ": no memory for ", rows, " rows"})});
    const auto* from = static_cast<const std::byte*>(weight_reader::aligned(table, aligned));
    const kernels::weight_format format = weight_reader::format(table.type);
    std::vector<float> row(n);
    for (std::size_t i = 0; i < rows; ++i) {
      kernels_->to_f32(from + i * n * kernels::bytes_of(format), format, row.data(), dim);
      const auto fault =
          linear.format->encode_words(linear.set, row.data(), dim, copy_.data() + i * row_bytes, &scales_copy_[i]);
      if (!fault.empty()) return reader.reject(name, fault);
    }
    words_ = copy_.data();
    reader.release(table);
    arena.add(name, type_of(format_), {copy_.data(), copy_.size()});
  }

  // The scales of words of 8 bits: those of convert(), the file's, or the packed file's.
  [[gnu::cold]] const float* take_scales(const std::string& name, isize vocabulary, weight_reader& reader,
                                         weight_arena& arena) {
    const auto rows = static_cast<std::size_t>(vocabulary);
    if (arena.file() != nullptr) return reinterpret_cast<const float*>(arena.next(name, dtype::f32, rows).data());
    if (scales_copy_.size() != rows) {
      if (!scales_copy_.allocate(rows)) {
        reader.fail_with({errc::out_of_memory, detail::concat({name, ": no memory for ", rows, " scales"})});
        return nullptr;
      }
      reader.floats(name, {vocabulary}, scales_copy_.data());
      for (std::size_t i = 0; i < rows && !reader.failed(); ++i)
        if (!kernels::is_int8_scale(scales_copy_[i])) reader.reject(name, "a scale is negative or beyond 1e30");
    }
    arena.add(name, dtype::f32, std::as_bytes(std::span(scales_copy_.data(), rows)));
    return scales_copy_.data();
  }

  static dtype type_of(kernels::weight_format format) noexcept {
    switch (format) {
      case kernels::weight_format::f16: return dtype::f16;
      case kernels::weight_format::bf16: return dtype::bf16;
      case kernels::weight_format::i8: return dtype::i8;
      case kernels::weight_format::f32: break;
    }
    return dtype::f32;
  }

  const kernels::kernel_table* kernels_ = nullptr;
  const void* words_ = nullptr;
  kernels::weight_format format_ = kernels::weight_format::f32;
  const float* scales_ = nullptr;  // of words of 8 bits
  const float* positions_ = nullptr;
  layer_norm norm_;
  isize dim_ = 0;
  aligned_buffer<std::byte> copy_;
  aligned_buffer<float> scales_copy_;
};

}  // namespace distilbert
