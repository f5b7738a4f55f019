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

inline constexpr kernel_table table = {variant_name, panel,   tile_rows, pack,        gemm,     layer_norm,
                                       embed,        attention, softmax, sigmoid_all, activate, to_f32};
