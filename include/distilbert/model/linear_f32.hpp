#pragma once
// Weights of f32: those of the kernel_table itself.

#include "distilbert/model/linear_format.hpp"

namespace distilbert::detail {

struct linear_f32 {
  static const kernels::kernel_table& table(const void* set) noexcept {
    return *static_cast<const kernels::kernel_table*>(set);
  }
  static const void* set_of(const kernels::kernel_table& t) noexcept { return &t; }
  static linear_format::description describe(const void* set) noexcept {
    return {table(set).name, table(set).panel_width, table(set).tile_rows};
  }
  static isize elements(const void*, isize columns, isize k) noexcept { return columns * k; }
  static isize scratch(const void*, isize, isize) noexcept { return 0; }

  // Blocks of nearly equal depth, k_block at most: f(first k, depth). Each is packed apart.
  template <class Function>
  static void for_each_block(isize k, Function&& f) {
    const isize blocks = (k + kernels::k_block - 1) / kernels::k_block;
    for (isize i = 0; i < blocks; ++i) f(k * i / blocks, k * (i + 1) / blocks - k * i / blocks);
  }

  static std::string_view pack(const void* set, const linear_rows& rows, isize columns, std::byte* to) noexcept {
    const auto* weight = static_cast<const std::byte*>(rows.weight);
    for_each_block(rows.k, [&](isize k0, isize depth) {
      table(set).pack({.weight = weight + static_cast<std::size_t>(k0) * kernels::bytes_of(rows.format),
                       .ld = rows.k,
                       .format = rows.format,
                       .n = rows.n,
                       .k = depth,
                       .panels = reinterpret_cast<float*>(to) + columns * k0,
                       .first_output = rows.first_output});
    });
    return {};
  }

  static void gemm(const void* set, const std::byte* weights, isize columns, isize first,
                   const kernels::gemm_args& args) noexcept {
    const auto* panels = reinterpret_cast<const float*>(weights);
    for_each_block(args.k, [&](isize k0, isize depth) {
      const bool begins = k0 == 0, ends = k0 + depth == args.k;
      table(set).gemm({.a = args.a + k0,
                       .lda = args.lda,
                       .panels = panels + columns * k0 + first * depth,
                       .init = begins ? args.init : args.c,
                       .ld_init = begins ? args.ld_init : args.ldc,
                       .residual = ends ? args.residual : nullptr,
                       .ld_residual = args.ld_residual,
                       .c = args.c,
                       .ldc = args.ldc,
                       .m = args.m,
                       .n = args.n,
                       .k = depth,
                       .act = ends ? args.act : kernels::activation::none});
    });
  }
};

inline constexpr linear_format f32_format = {.name = "f32",
                                             .type = dtype::f32,
                                             .words = kernels::weight_format::f32,
                                             .kernels = linear_f32::set_of,
                                             .describe = linear_f32::describe,
                                             .elements = linear_f32::elements,
                                             .scratch = linear_f32::scratch,
                                             .pack = linear_f32::pack,
                                             .gemm = linear_f32::gemm,
                                             .scales = nullptr,
                                             .encode_words = nullptr};

}  // namespace distilbert::detail

namespace distilbert {

/// A type of weights together with its kernels beside those of an instruction set.
struct linear_kernels {
  const linear_format* format;  ///< what is asked of the type
  const void* set;              ///< its kernels

  /// A kernel_table alone stands for its own type, f32; so this is not explicit.
  linear_kernels(const kernels::kernel_table& table, const linear_format& f = detail::f32_format) noexcept
      : format(&f), set(f.kernels(table)) {}

  /// Outputs of a panel.
  isize panel_width() const noexcept { return format->describe(set).panel_width; }
};

}  // namespace distilbert
