#pragma once
#include <cstddef>
#include <cstdint>

namespace distilbert::kernels {

/// Sizes, strides and offsets in elements.
using isize = std::ptrdiff_t;

/// What follows a linear layer's bias.
enum class activation : std::uint8_t { none, gelu, gelu_new, relu, silu };

/// How a weight is stored. f16 and bf16 become f32 exactly; i8 is an integer that has a scale elsewhere.
enum class weight_format : std::uint8_t { f32, f16, bf16, i8 };

/// Bytes of an element.
constexpr std::size_t bytes_of(weight_format format) noexcept {
  return format == weight_format::f32 ? 4 : format == weight_format::i8 ? 1 : 2;
}

/// Depth of a product at most: a longer chain goes on from one block of this many k to the next, each packed by itself,
/// so that the rows of A that pass over a panel together stay in the second-level cache.
inline constexpr isize k_block = 768;

/// Panel layout of a weight [n x k]: panels of `panel_width` outputs, each of some streams of `lanes` outputs, k-major:
/// panels[(j / lanes) * lanes * k + i * lanes + j % lanes] = weight[j][i]. How many lanes is the variant's to know.
struct pack_args {
  const void* weight;    ///< [n x k] of `format`, row stride `ld`, aligned to its element
  isize ld;              ///< row stride of `weight`, in elements
  weight_format format;  ///< of `weight`
  isize n;               ///< outputs
  isize k;               ///< inputs
  float* panels;         ///< whole panels; outputs that no weight fills must have been zeroed
  isize first_output;    ///< output that row 0 of `weight` becomes
};

/// C = act(init + A W^T) + residual.
///
/// Each output is one chain c = fma(a[i], w[i], c) over ascending i that starts at its `init`, so a row's result does
/// not depend on m, on the other rows or on the variant. `c` may be `init`; it overlaps neither `a` nor `residual`.
struct gemm_args {
  const float* a;                ///< [m x k], row stride lda
  isize lda;                     ///< row stride of `a`
  const void* panels;            ///< pack()'s, ceil(n / panel_width) panels
  const float* init;             ///< [m x n], row stride ld_init: `c`, to go on with a chain; or a bias, with stride 0
  isize ld_init;                 ///< row stride of `init`; 0: one row for all
  const float* residual;         ///< [m x n], row stride ld_residual; or nullptr
  isize ld_residual;             ///< row stride of `residual`
  float* c;                      ///< [m x n], row stride ldc
  isize ldc;                     ///< row stride of `c`
  isize m;                       ///< rows of `a`
  isize n;                       ///< outputs
  isize k;                       ///< inputs
  activation act;                ///< after the last of a chain
  std::byte* scratch = nullptr;  ///< what kernels of other weights than f32 ask for, aligned to 64 bytes
};

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, for each row; y may be x.
/// Source: torch.nn.LayerNorm (biased variance).
struct layer_norm_args {
  const float* x;      ///< [rows x n], row stride ldx
  isize ldx;           ///< row stride of `x`
  float* y;            ///< [rows x n], row stride ldy
  isize ldy;           ///< row stride of `y`
  const float* gamma;  ///< [n]
  const float* beta;   ///< [n]
  float epsilon;       ///< added to the variance
  isize rows;          ///< how many
  isize n;             ///< floats of each
};

/// y[i] = layer_norm(words[ids[i]] + positions[i]) for the tokens of one text, from its position `first` on.
/// Source: transformers modeling_distilbert.py, Embeddings.forward.
struct embed_args {
  const std::int32_t* ids;  ///< [tokens], each a row of `words`
  isize tokens;             ///< how many
  const void* words;        ///< [vocabulary x n] of `format`, aligned to its element
  weight_format format;     ///< of `words`
  const float* scales;      ///< [vocabulary], by which words of i8 are multiplied; unused for others
  const float* positions;   ///< [>= tokens x n]
  const float* gamma;       ///< [n]
  const float* beta;        ///< [n]
  float epsilon;            ///< added to the variance
  float* y;                 ///< [tokens x n], row stride ldy
  isize ldy;                ///< row stride of `y`
  isize n;                  ///< floats of a row
};

/// out[i] = softmax(q[i] K^T / sqrt(head_dim)) V for one head of one text.
/// Source: transformers modeling_distilbert.py, MultiHeadSelfAttention.forward.
struct attention_args {
  const float* q;  ///< [queries x head_dim], row stride ldq
  isize ldq;       ///< row stride of `q`
  const float* k;  ///< [seq x head_dim], row stride ldkv
  const float* v;  ///< [seq x head_dim], row stride ldkv
  isize ldkv;      ///< row stride of `k` and of `v`
  float* out;      ///< [queries x head_dim], row stride ld_out; overlaps nothing that is read
  isize ld_out;    ///< row stride of `out`
  isize queries;   ///< rows of `q`
  isize seq;       ///< rows of `k` and `v`
  isize head_dim;  ///< floats of each row
  float* scratch;  ///< attention_scratch(table, seq, head_dim) floats, aligned to 64 bytes
};

/// Softmax over each row, in place: columns 0..valid-1 take part, the rest become exactly 0. 1 <= valid <= cols.
struct softmax_args {
  float* x;     ///< [rows x cols], row stride ld
  isize ld;     ///< row stride of `x`
  isize rows;   ///< how many
  isize cols;   ///< floats of each
  isize valid;  ///< columns that take part
};

/// The kernels of one instruction set. docs/KERNELS.md states the contract of each; all are pure functions of their
/// arguments: no heap, no globals, no exceptions, thread-safe on disjoint outputs.
struct kernel_table {
  const char* name;                                     ///< "baseline", "avx2", "avx512", "neon"
  isize panel_width;                                    ///< outputs of a panel
  isize tile_rows;                                      ///< rows that a tile of gemm() or attention() takes at once
  void (*pack)(const pack_args&) noexcept;              ///< see pack_args
  void (*gemm)(const gemm_args&) noexcept;              ///< see gemm_args
  void (*layer_norm)(const layer_norm_args&) noexcept;  ///< see layer_norm_args
  void (*embed)(const embed_args&) noexcept;            ///< see embed_args
  void (*attention)(const attention_args&) noexcept;    ///< see attention_args
  void (*softmax)(const softmax_args&) noexcept;        ///< see softmax_args
  /// x[i] = e^x[i], in place: within 1.1 ulp (1.4 without fma); 0 below -87.33654, infinity above 88.37626.
  void (*exp)(float* x, isize n) noexcept;
  /// x[i] = 1 / (1 + e^-x[i]), in place.
  void (*sigmoid)(float* x, isize n) noexcept;
  /// x[i] = act(x[i]), in place.
  void (*activate)(float* x, isize n, activation act) noexcept;
  /// y[i] = x[i] converted to f32, exactly.
  void (*to_f32)(const void* x, weight_format format, float* y, isize n) noexcept;
};

/// The least multiple that is not below n.
constexpr isize round_up(isize n, isize multiple) noexcept { return (n + multiple - 1) / multiple * multiple; }

/// Columns to which attention() pads keys and values: a multiple of what any variant's tiles have.
inline constexpr isize attention_columns = 32;

/// Floats that attention() needs as scratch: K and V of the head in panels, and the scores of one tile of queries.
constexpr isize attention_scratch(const kernel_table& table, isize seq, isize head_dim) noexcept {
  const isize padded_seq = round_up(seq, attention_columns);
  return padded_seq * head_dim + round_up(head_dim, attention_columns) * seq + table.tile_rows * padded_seq;
}

}  // namespace distilbert::kernels
