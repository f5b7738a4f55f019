// Every kernel of one variant. Included inside its target span and namespace, after its simd/*.inl.
#include "distilbert/kernels/math.inl"
#include "distilbert/kernels/reduce.inl"
#include "distilbert/kernels/convert.inl"
#include "distilbert/kernels/layer_norm.inl"
#include "distilbert/kernels/embed.inl"
#include "distilbert/kernels/softmax.inl"
#include "distilbert/kernels/gemm.inl"
#include "distilbert/kernels/pack.inl"
#include "distilbert/kernels/attention.inl"
#include "distilbert/kernels/half.inl"
#include "distilbert/kernels/int8.inl"

inline constexpr kernel_table table = {.name = variant_name,
                                       .panel_width = panel,
                                       .tile_rows = tile_rows,
                                       .pack = pack,
                                       .gemm = gemm,
                                       .layer_norm = layer_norm,
                                       .embed = embed,
                                       .attention = attention,
                                       .softmax = softmax,
                                       .exp = exp_all,
                                       .sigmoid = sigmoid_all,
                                       .activate = activate,
                                       .to_f32 = to_f32};
