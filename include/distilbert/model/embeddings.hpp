#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/core/concat.hpp"
#include "distilbert/core/executor.hpp"
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
    } else if (const tensor_view* table = reader.find(words, {vocabulary, dim})) {
      e.use(words, *table, borrow, reader, arena);
    }
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
  std::size_t copied_bytes() const noexcept { return copy_.size(); }

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

  const kernels::kernel_table* kernels_ = nullptr;
  const void* words_ = nullptr;
  kernels::weight_format format_ = kernels::weight_format::f32;
  const float* positions_ = nullptr;
  layer_norm norm_;
  isize dim_ = 0;
  aligned_buffer<std::byte> copy_;
};

}  // namespace distilbert
