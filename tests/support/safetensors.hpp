#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// A safetensors file of this header and data; `length` overrules the header's own.
inline std::string safetensors_file(std::string_view header, std::string_view data, std::uint64_t length) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += static_cast<char>(length >> (8 * i) & 255);
  return file.append(header).append(data);
}
inline std::string safetensors_file(std::string_view header, std::string_view data) {
  return safetensors_file(header, data, header.size());
}

inline std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
