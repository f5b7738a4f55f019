#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include "distilbert/core/result.hpp"

// What every fuzzer asks of an answer: `holds`, or the input is a finding.
#define FUZZ_CHECK(holds) \
  ((holds) ? void(0) : (std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #holds), std::abort()))

// A failure says what it is in a code that has a name, and in a sentence.
inline void check_error(const distilbert::error& e) {
  FUZZ_CHECK(to_string(e.code) != "unknown");
  FUZZ_CHECK(!e.message.empty());
}

// An input of several files: parts between marks that neither JSON nor UTF-8 can hold. There are as many parts as asked
// for, the last with all that is left.
inline std::vector<std::string_view> parts_of(const std::uint8_t* data, std::size_t size, std::size_t count) {
  constexpr std::string_view mark = "\xFF\xFF";
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    const std::size_t end = rest.find(mark);
    parts.push_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + mark.size());
  }
  parts.push_back(rest);
  return parts;
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
