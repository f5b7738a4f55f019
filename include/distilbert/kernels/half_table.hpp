#pragma once
#include <cstddef>

#include "distilbert/kernels/kernel_table.hpp"

namespace distilbert::kernels {

/// k of a panel that become floats together.
inline constexpr isize half_depth = 128;

/// Weights [n x k] of any floating-point format as 16-bit panels.
struct pack_half_args {
  const void* weight;      ///< [n x k] of `format`, row stride k, aligned to its element
  weight_format format;    ///< of `weight`
  isize n;                 ///< outputs
  isize k;                 ///< inputs
  unsigned short* panels;  ///< whole panels; outputs that no weight fills must have been zeroed
  isize first_output;      ///< output that row 0 of `weight` becomes
};

/// The kernels of weights of f16 or bf16 for one instruction set, beside its kernel_table.
///
/// Weights become f32 in registers, exactly, on their way into the first-level cache, from where the tiles of f32's
/// product take them: gemm gives the bits that f32 gives for the same weights. It needs no scratch.
struct half_table {
  const char* name;   ///< of the kernel_table that they go with
  isize panel_width;  ///< outputs of a panel
  isize tile_rows;    ///< rows of a tile
  /// False where a weight is no finite number of the type, whose panels are then without meaning.
  bool (*pack)(const pack_half_args&) noexcept;
  /// The product that gemm_args describes.
  void (*gemm)(const gemm_args&) noexcept;
  /// Numbers of f32 as 16 bits, rounded to nearest even; false as for pack.
  bool (*convert)(const float* x, isize n, unsigned short* y) noexcept;
};

/// Numbers of 16 bits that a panel holds: for each half_depth of k, a stream of weights for each vector of its outputs.
constexpr isize half_panel_elements(isize panel_width, isize k) noexcept { return panel_width * k; }

}  // namespace distilbert::kernels
