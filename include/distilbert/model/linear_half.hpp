#pragma once
// Weights of f16 and bf16.

#include "distilbert/kernels/half.hpp"
#include "distilbert/model/linear_format.hpp"

namespace distilbert::detail {

template <kernels::weight_format to>
struct linear_half {
  static constexpr std::string_view beyond = to == kernels::weight_format::f16 ? "a weight is no finite number of F16"
                                                                               : "a weight is no finite number of BF16";

  static const kernels::half_table& table(const void* set) noexcept {
    return *static_cast<const kernels::half_table*>(set);
  }
  static const void* set_of(const kernels::kernel_table& t) noexcept { return &kernels::half_kernels<to>(t.name); }
  static linear_format::description describe(const void* set) noexcept {
    return {table(set).name, table(set).panel_width, table(set).tile_rows};
  }
  static isize elements(const void*, isize columns, isize k) noexcept { return columns * k; }
  static isize scratch(const void*, isize, isize) noexcept { return 0; }

  static std::string_view pack(const void* set, const linear_rows& rows, isize, std::byte* panels) noexcept {
    const bool finite = table(set).pack({.weight = rows.weight,
                                         .format = rows.format,
                                         .n = rows.n,
                                         .k = rows.k,
                                         .panels = reinterpret_cast<unsigned short*>(panels),
                                         .first_output = rows.first_output});
    return finite ? std::string_view() : beyond;
  }

  static void gemm(const void* set, const std::byte* weights, isize, isize first,
                   const kernels::gemm_args& args) noexcept {
    kernels::gemm_args part = args;
    part.panels = weights + first * args.k * 2;
    table(set).gemm(part);
  }

  static std::string_view encode_words(const void* set, const float* row, isize n, void* words, float*) noexcept {
    return table(set).convert(row, n, static_cast<unsigned short*>(words)) ? std::string_view() : beyond;
  }
};

template <kernels::weight_format to>
inline constexpr linear_format half_format = {.name = to == kernels::weight_format::f16 ? "f16" : "bf16",
                                              .type = to == kernels::weight_format::f16 ? dtype::f16 : dtype::bf16,
                                              .words = to,
                                              .kernels = linear_half<to>::set_of,
                                              .describe = linear_half<to>::describe,
                                              .elements = linear_half<to>::elements,
                                              .scratch = linear_half<to>::scratch,
                                              .pack = linear_half<to>::pack,
                                              .gemm = linear_half<to>::gemm,
                                              .scales = nullptr,
                                              .encode_words = linear_half<to>::encode_words};

}  // namespace distilbert::detail
