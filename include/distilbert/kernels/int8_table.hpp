#pragma once
#include <cstddef>
#include <cstdint>

#include "distilbert/kernels/kernel_table.hpp"

namespace distilbert::kernels {

/// Consecutive k that share a scale: of a row of activations, and of an output's weights.
inline constexpr isize int8_block = 128;

/// k is padded with zeros to a multiple of this.
inline constexpr isize int8_k_multiple = 64;

/// Blocks of a chain of k.
constexpr isize int8_blocks(isize k) noexcept { return (k + int8_block - 1) / int8_block; }

/// Magnitudes of the weights 2i and 2i + 1 of an output sum to at most this much where their signs are the same.
///
/// vpmaddubsw adds a[2i] w[2i] + a[2i+1] w[2i+1] in 16 bits: with activations of 0..255 these are at most
/// 255 * 128 = 32640 away from 0, so that nothing saturates; single weights keep nearly all of their 8 bits.
inline constexpr int int8_pair_limit = 128;

/// Whether a number can be a scale: not negative, no NaN, and so small that no product with a sum overflows by itself.
constexpr bool is_int8_scale(float x) noexcept { return x >= 0 && x <= 1e30F; }

/// weight[j][i] ~ scale[block of i][j] * values[j][i], the error of each less than a scale.
struct quantise_weights_args {
  const void* weight;    ///< [n x k] of `format`, f32, f16 or bf16, aligned to its element, row stride k
  weight_format format;  ///< of `weight`
  isize n;               ///< outputs
  isize k;               ///< inputs
  std::int8_t* values;   ///< [n x k]; -127..127, within int8_pair_limit
  float* scales;         ///< [n x int8_blocks(k)]; 0 where all weights of a block are 0, NaN where one is no number
};

/// Quantised weights into panels of `panel_width` outputs: see int8_panel_bytes.
struct pack_int8_args {
  const std::int8_t* values;  ///< [n x k], within int8_pair_limit
  const float* scales;        ///< [n x int8_blocks(k)]
  isize n;                    ///< outputs
  isize k;                    ///< inputs
  std::byte* panels;          ///< whole panels, zeroed where no weight fills them
  isize first_output;         ///< output that row 0 of `values` becomes
};

/// The kernels of int8 weights for one instruction set, beside the kernel_table of the same or a narrower one.
///
/// gemm computes C = act(init + A W^T) + residual as its arguments say, with the rows of A rounded to 8 bits, the
/// weights of pack(), and int8_scratch(table, m, k) bytes of scratch. Of each row and block of k, a ~ low + scale q
/// with q in 0..255: scale is 1/255 of the range of the block and 0, low the multiple of it next to the least of them.
/// An output is init, then block after block
///     c = fma(low, scale_w * sum(w), c);  c = fma(float(sum(q w)), scale * scale_w, c)
/// with exact integer sums. So a row's result does not depend on m, on the other rows or on the variant (fma given).
struct int8_table {
  const char* name;                                                 ///< of the instruction set
  isize panel_width;                                                ///< outputs of a panel
  isize tile_rows;                                                  ///< rows of a tile
  isize row_block;                                                  ///< rows that are rounded together
  void (*quantise_weights)(const quantise_weights_args&) noexcept;  ///< see quantise_weights_args
  /// A row as scale * values, with one scale for all of it: 1/127 of the largest magnitude.
  float (*quantise_row)(const float* row, isize n, std::int8_t* values) noexcept;
  void (*pack)(const pack_int8_args&) noexcept;  ///< see pack_int8_args
  void (*gemm)(const gemm_args&) noexcept;       ///< see gemm_int8_args
};

/// Bytes of a panel: panel_width / width streams of weights, one for each vector of outputs and each
/// [padded k / 4][width][4]; then, for each block of k, the scale_w of its outputs and their scale_w * sum(w).
constexpr isize int8_panel_bytes(isize panel_width, isize k) noexcept {
  return panel_width * (round_up(k, int8_k_multiple) + int8_blocks(k) * 2 * static_cast<isize>(sizeof(float)));
}

/// Bytes that gemm() needs as scratch: a block of rows in 8 bits, their scales and lows.
constexpr isize int8_scratch(const int8_table& table, isize m, isize k) noexcept {
  return int8_panel_bytes(m < table.row_block ? m : table.row_block, k);
}

}  // namespace distilbert::kernels
