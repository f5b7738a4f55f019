#pragma once
#include <algorithm>
#include <cstddef>

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/matrix.hpp"

namespace distilbert {

/// The sizes that a workspace follows from.
struct workspace_shape {
  isize tokens = 0;          ///< rows of one forward pass
  isize texts = 0;           ///< texts of one forward pass
  isize longest = 0;         ///< tokens of the longest text
  isize threads = 1;         ///< the executor's concurrency
  isize dim = 0;             ///< size of a hidden state
  isize part = 0;            ///< columns of each of q, k and v
  isize hidden = 0;          ///< outputs of ffn.lin1
  isize heads = 1;           ///< of attention
  isize linear_scratch = 0;  ///< bytes that a product of all rows needs, for each thread
};

/// Everything that a forward pass writes: one arena, laid out up front. Belongs to one caller at a time.
class workspace {
 public:
  matrix x;                ///< [tokens x dim] hidden states, a layer's input and output
  matrix y;                ///< [tokens x dim] before a layer norm
  matrix qkv;              ///< [tokens x 3 part]
  matrix context;          ///< [tokens x dim] attention's output
  matrix hidden;           ///< [tokens x hidden]
  matrix first;            ///< [texts x dim] hidden states of each text's first token
  matrix first_q;          ///< [texts x part]
  thread_scratch scratch;  ///< of each thread's attention, and of its products

  /// Lays the arena out; allocates only where it has never been as large. False when memory cannot be had.
  [[nodiscard]] bool reserve(const kernels::kernel_table& table, const workspace_shape& shape) noexcept {
    isize floats = lay_out(nullptr, table, shape);
    if (static_cast<std::size_t>(floats) > arena_.size() && !arena_.allocate(static_cast<std::size_t>(floats)))
      return false;
    lay_out(arena_.data(), table, shape);
    return true;
  }

  /// What reserve() takes for this shape, in bytes.
  static std::size_t bytes(const kernels::kernel_table& table, const workspace_shape& shape) noexcept {
    return static_cast<std::size_t>(workspace().lay_out(nullptr, table, shape)) * sizeof(float);
  }

 private:
  isize lay_out(float* base, const kernels::kernel_table& table, const workspace_shape& s) noexcept {
    isize used = 0;
    const auto place = [&](isize floats) {
      float* begin = base == nullptr ? nullptr : base + used;
      used += kernels::round_up(floats, 16);
      return begin;
    };
    const auto lay = [&](matrix& m, isize rows, isize columns) {
      const isize ld = row_stride(columns);
      m = {place(rows * ld), rows, ld};
    };
    lay(x, s.tokens, s.dim);
    lay(y, s.tokens, s.dim);
    lay(qkv, s.tokens, 3 * s.part);
    lay(context, s.tokens, s.dim);
    lay(hidden, s.tokens, s.hidden);
    lay(first, s.texts, s.dim);
    lay(first_q, s.texts, s.part);
    const isize attention = kernels::attention_scratch(table, s.longest, s.dim / s.heads);
    const isize floats = kernels::round_up(std::max(attention, (s.linear_scratch + 3) / 4), 16);
    scratch = {reinterpret_cast<std::byte*>(place(s.threads * floats)), floats * static_cast<isize>(sizeof(float))};
    return used;
  }

  aligned_buffer<float> arena_;
};

}  // namespace distilbert
