#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/content_hash.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/checkpoint.hpp"
#include "distilbert/io/packed_file.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/linear_f32.hpp"
#include "distilbert/model/matrix.hpp"

namespace distilbert {

/// Version of what model/ puts into a weight_arena: names, order, types and padding of sections, and any change of a
/// panel's layout that panel_order() would not see. To be raised with any of them.
inline constexpr std::uint32_t packed_layout_version = 1;

/// Tells one order of weights in panels from another: the hash of a pattern of different numbers, packed. It has more
/// than one panel.
[[gnu::cold]] inline std::uint64_t panel_order(const kernels::kernel_table& table) {
  const isize n = table.panel_width + 1, k = kernels::k_block, columns = kernels::round_up(n, table.panel_width);
  std::vector<float> pattern(static_cast<std::size_t>(n * k)), panels(static_cast<std::size_t>(columns * k));
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<float>(i + 1);
  table.pack({.weight = pattern.data(),
              .ld = k,
              .format = kernels::weight_format::f32,
              .n = n,
              .k = k,
              .panels = panels.data(),
              .first_output = 0});
  return content_hash(std::as_bytes(std::span(panels)));
}

/// Tells one checkpoint from another without reading all of it: a hash over each tensor's name, type, shape, first and
/// last 64 bytes. Every training run changes these; an edit of single weights elsewhere may not.
[[gnu::cold]] inline std::uint64_t source_digest(const checkpoint& files) {
  std::uint64_t digest = 0;
  const auto add = [&](std::span<const std::byte> bytes) {
    const std::uint64_t both[2] = {digest, content_hash(bytes)};
    digest = content_hash(std::as_bytes(std::span(both)));
  };
  for (const tensor_view& tensor : files.tensors()) {
    const std::string_view type = to_string(tensor.type);
    const std::size_t sample = std::min<std::size_t>(tensor.bytes.size(), 64);
    add(std::as_bytes(std::span(tensor.name)));
    add(std::as_bytes(std::span(type)));
    add(std::as_bytes(std::span(tensor.shape)));
    add(tensor.bytes.first(sample));
    add(tensor.bytes.last(sample));
  }
  return digest;
}

/// What a file of this checkpoint's weights, packed for these kernels, says of its origin.
[[gnu::cold]] inline packed_origin packed_origin_of(const kernels::kernel_table& table, const checkpoint& files,
                                                    const linear_format& format = detail::f32_format) {
  packed_origin origin{.kernels = table.name,
                       .panel_width = static_cast<std::uint32_t>(table.panel_width),
                       .layout = packed_layout_version,
                       .panel_order = panel_order(table),
                       .source = source_digest(files),
                       .parameters = 0,
                       .weights = format.type};
  for (const tensor_view& tensor : files.tensors())
    if (!is_integer(tensor.type)) origin.parameters += tensor.elements();
  return origin;
}

/// Whether a packed file can be used in place by these kernels, with weights of this type, instead of `files`, where
/// they are there.
///
/// Errors: packed_mismatch.
[[gnu::cold]] inline result<void> check_packed(const packed_file& file, const kernels::kernel_table& table,
                                               const checkpoint* files, dtype type = dtype::f32) {
  const packed_origin& found = file.origin();
  const auto differs = [&](std::string_view field, std::initializer_list<detail::piece> what) {
    return error{errc::packed_mismatch, detail::concat({file.where(), ": ", field, ": ", detail::concat(what)})};
  };
  if (found.layout != packed_layout_version)
    return differs("layout", {"expected version ", packed_layout_version, ", found ", found.layout});
  if (found.weights != type)
    return differs("weights", {"expected ", to_string(type), ", found ", to_string(found.weights)});
  if (found.kernels != table.name) return differs("kernels", {"expected ", table.name, ", found ", found.kernels});
  if (found.panel_width != static_cast<std::uint32_t>(table.panel_width))
    return differs("panel width", {"expected ", table.panel_width, " of ", table.name, ", found ", found.panel_width});
  if (const std::uint64_t expected = panel_order(table); found.panel_order != expected)
    return differs("panel order", {"expected ", expected, " of ", table.name, ", found ", found.panel_order});
  if (files == nullptr) return {};
  if (const std::uint64_t expected = source_digest(*files); found.source != expected)
    return differs("source", {"expected ", expected, " of the weights beside it, found ", found.source});
  return {};
}

}  // namespace distilbert
