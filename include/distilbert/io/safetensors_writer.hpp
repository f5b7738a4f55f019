#pragma once
// An include of its own: who only loads models does not pay for it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/packed_writer.hpp"
#include "distilbert/io/safetensors.hpp"

namespace distilbert {

namespace detail {

// A JSON string of text that is UTF-8.
inline void add_json_string(std::string& json, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (const auto code = static_cast<unsigned char>(c); code < 0x20) {
      json += "\\u00";
      json += digits[code >> 4];
      json += digits[code & 15];
    } else {
      json += c;
    }
  }
  json += '"';
}
}  // namespace detail

/// Writes a safetensors file: tensors sorted by name, whatever order they come in, and none of a name that another has;
/// the data begins at a multiple of 8 bytes. The same tensors and metadata give the same bytes. The file appears whole
/// or not at all.
///
/// Errors: io_error.
/// Source: safetensors/src/tensor.rs, serialize (which sorts by alignment, then name).
[[gnu::cold]] inline result<void> write_safetensors(
    const std::filesystem::path& path, std::vector<tensor_view> tensors,
    std::span<const std::pair<std::string_view, std::string_view>> metadata) {
  by_name::sort(tensors);
  std::string header = "{\"__metadata__\":{";
  for (const auto& [name, value] : metadata) {
    if (header.back() == '"') header += ',';
    detail::add_json_string(header, name);
    header += ':';
    detail::add_json_string(header, value);
  }
  header += '}';
  std::uint64_t end = 0;
  for (const tensor_view& tensor : tensors) {
    header += ',';
    detail::add_json_string(header, tensor.name);
    header += detail::concat({":{\"dtype\":\"", to_string(tensor.type), "\",\"shape\":["});
    for (const std::uint64_t n : tensor.shape) header += detail::concat({header.back() == '[' ? "" : ",", n});
    header += detail::concat({"],\"data_offsets\":[", end, ",", end + tensor.bytes.size(), "]}"});
    end += tensor.bytes.size();
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');

  detail::whole_file file(path);
  unsigned char length[8];
  for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<unsigned char>(std::uint64_t{header.size()} >> (8 * i));
  file.write(length, sizeof length);
  file.write(header.data(), header.size());
  for (const tensor_view& tensor : tensors) file.write(tensor.bytes.data(), tensor.bytes.size());
  return file.finish();
}

}  // namespace distilbert
