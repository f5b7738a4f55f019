#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "distilbert/core/result.hpp"

namespace tool {

/// SHA-256 of bytes that come in pieces. Source: FIPS 180-4.
class sha256 {
 public:
  void add(std::string_view bytes);
  /// 64 hexadecimal digits; nothing can be added afterwards.
  std::string digest();

 private:
  void block(const unsigned char* bytes);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> waiting_{};
  std::size_t size_ = 0;  // bytes so far
};

/// Of a file. Errors: file_not_found, io_error.
distilbert::result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace tool
