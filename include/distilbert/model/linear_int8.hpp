#pragma once
// Weights of 8 bits: exact integer sums, with the scales of docs/ACCURACY.md.

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/kernels/int8.hpp"
#include "distilbert/model/linear_format.hpp"

namespace distilbert::detail {

struct linear_int8 {
  static constexpr std::string_view beyond = "a weight is beyond 1e32 or no number";

  static const kernels::int8_table& table(const void* set) noexcept {
    return *static_cast<const kernels::int8_table*>(set);
  }
  static const void* set_of(const kernels::kernel_table& t) noexcept { return &kernels::int8_kernels(t.name); }
  static linear_format::description describe(const void* set) noexcept {
    return {table(set).name, table(set).panel_width, table(set).tile_rows};
  }
  static isize elements(const void* set, isize columns, isize k) noexcept {
    const isize width = table(set).panel_width;
    return columns / width * kernels::int8_panel_bytes(width, k);
  }
  static isize scratch(const void* set, isize rows, isize k) noexcept {
    return kernels::int8_scratch(table(set), rows, k);
  }

  // Whether no product of these can leave 16 bits: what a file says is checked, what is made here is so by design.
  static bool within_limits(const std::int8_t* values, isize n) noexcept {
    bool within = true;
    for (isize i = 0; i < n; ++i) within &= values[i] != -128;
    for (isize i = 0; i + 1 < n; i += 2) {
      const int a = values[i], b = values[i + 1];
      within &= (a < 0) != (b < 0) || (a + b <= kernels::int8_pair_limit && a + b >= -kernels::int8_pair_limit);
    }
    return within;
  }

  static std::string_view pack(const void* set, const linear_rows& rows, isize, std::byte* panels) noexcept {
    const auto pack_rows = [&](const std::int8_t* values, const float* scales, isize n, isize row) {
      table(set).pack({values, scales, n, rows.k, panels, rows.first_output + row});
    };
    const isize blocks = kernels::int8_blocks(rows.k);
    if (rows.format == kernels::weight_format::i8) {
      const auto* values = static_cast<const std::int8_t*>(rows.weight);
      for (isize j = 0; j < rows.n; ++j)
        if (!within_limits(values + j * rows.k, rows.k))
          return "neighbours of a weight are beyond the limit of their sum";
      for (isize i = 0; i < rows.n * blocks; ++i)
        if (!kernels::is_int8_scale(rows.scales[i])) return "a scale is negative or beyond 1e30";
      pack_rows(values, rows.scales, rows.n, 0);
      return {};
    }
    aligned_buffer<std::int8_t> values;
    aligned_buffer<float> scales;
    if (!values.allocate(static_cast<std::size_t>(rows.k)) || !scales.allocate(static_cast<std::size_t>(blocks)))
      return "no memory for its integers";
    const auto* weight = static_cast<const std::byte*>(rows.weight);
    for (isize j = 0; j < rows.n; ++j) {
      const std::byte* row = weight + static_cast<std::size_t>(j * rows.k) * kernels::bytes_of(rows.format);
      table(set).quantise_weights({row, rows.format, 1, rows.k, values.data(), scales.data()});
      for (isize i = 0; i < blocks; ++i)
        if (!kernels::is_int8_scale(scales[static_cast<std::size_t>(i)])) return beyond;
      pack_rows(values.data(), scales.data(), 1, j);
    }
    return {};
  }

  static void gemm(const void* set, const std::byte* weights, isize, isize first,
                   const kernels::gemm_args& args) noexcept {
    kernels::gemm_args part = args;
    part.panels = weights + elements(set, first, args.k);
    table(set).gemm(part);
  }

  static std::string_view encode_words(const void* set, const float* row, isize n, void* words, float* scale) noexcept {
    *scale = table(set).quantise_row(row, n, static_cast<std::int8_t*>(words));
    return kernels::is_int8_scale(*scale) ? std::string_view() : beyond;
  }
};

inline constexpr linear_format int8_format = {.name = "int8",
                                              .type = dtype::i8,
                                              .words = kernels::weight_format::i8,
                                              .kernels = linear_int8::set_of,
                                              .describe = linear_int8::describe,
                                              .elements = linear_int8::elements,
                                              .scratch = linear_int8::scratch,
                                              .pack = linear_int8::pack,
                                              .gemm = linear_int8::gemm,
                                              .scales = kernels::int8_blocks,
                                              .encode_words = linear_int8::encode_words};

}  // namespace distilbert::detail
