#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "distilbert/io/dtype.hpp"
#include "distilbert/kernels/kernel_table.hpp"

namespace distilbert {

using kernels::isize;

/// Rows of a weight [n x k] of a checkpoint: numbers of f32, f16 or bf16, or integers of 8 bits with their scales.
struct linear_rows {
  const void* weight;             ///< aligned to its element
  kernels::weight_format format;  ///< i8 only where the format has scales for them
  const float* scales;            ///< [n x format.scales(k)] of i8; unused for others
  isize n;                        ///< rows
  isize k;                        ///< numbers of a row
  isize first_output;             ///< output that the first of these rows becomes
};

/// What packed_linear asks of a type of weights. One for each type, in model/linear_TYPE.hpp.
///
/// `set` is what kernels() has found: the kernels of this type for the instruction set of a kernel_table.
struct linear_format {
  /// Sizes and names of `set`.
  struct description {
    std::string_view name;  ///< "avx512", "amx"
    isize panel_width;      ///< outputs of a layer are rounded up to whole panels
    isize tile_rows;        ///< rows are best split among threads in multiples of this
  };

  std::string_view name;         ///< "int8"
  dtype type;                    ///< of a section of packed weights
  kernels::weight_format words;  ///< of word embeddings; with f32 they stay what they are in their file
  /// The kernels of this type that go with these.
  const void* (*kernels)(const kernels::kernel_table&) noexcept;
  /// Sizes and names of a set.
  description (*describe)(const void* set) noexcept;
  /// Elements of `type` that weights of `columns` outputs, whole panels, take.
  isize (*elements)(const void* set, isize columns, isize k) noexcept;
  /// Bytes that a product of `rows` rows needs as scratch.
  isize (*scratch)(const void* set, isize rows, isize k) noexcept;
  /// Packs rows into `to`, weights of `columns` outputs that were zeroed where none fills them. What is wrong with the
  /// weights, such as "a weight is no finite number of F16"; empty where nothing is.
  std::string_view (*pack)(const void* set, const linear_rows& rows, isize columns, std::byte* to) noexcept;
  /// The product over outputs first..first+args.n-1 of weights of `columns` outputs; args.panels is not looked at.
  void (*gemm)(const void* set, const std::byte* weights, isize columns, isize first,
               const kernels::gemm_args& args) noexcept;
  /// Scales of an output whose k weights a file holds as integers of 8 bits; nullptr where integers are not taken.
  isize (*scales)(isize k) noexcept;
  /// A row of word embeddings as `words`, and its scale; empty unless something is wrong with it. nullptr for f32.
  std::string_view (*encode_words)(const void* set, const float* row, isize n, void* to, float* scale) noexcept;
};

}  // namespace distilbert
