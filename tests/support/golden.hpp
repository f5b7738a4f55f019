#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <zlib.h>

#include "distilbert/core/json.hpp"

// The lines of a file, gzipped or not.
inline std::vector<std::string> read_lines(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) std::abort();
  std::string all;
  std::vector<char> block(1 << 16);
  for (int got; (got = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0;)
    all.append(block.data(), static_cast<std::size_t>(got));
  gzclose(file);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    lines.push_back(all.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// What Transformers computed for one text: alone, unpadded, once in float64 and once in float32.
struct golden {
  std::string text;  // where the file has it
  int label = -1;
  std::vector<std::int32_t> ids;
  std::vector<double> f64;
  std::vector<float> f32;
};

inline std::vector<golden> read_goldens(const std::string& path) {
  std::vector<golden> goldens;
  for (const std::string& line : read_lines(path)) {
    const auto v = distilbert::json::parse(line, path).value();
    golden& g = goldens.emplace_back();
    if (const auto* text = v.find("text")) g.text = text->string;
    if (const auto* label = v.find("label")) g.label = static_cast<int>(label->integer);
    for (const auto& id : v.find("ids")->items) g.ids.push_back(static_cast<std::int32_t>(id.integer));
    for (const auto& x : v.find("f64")->items) g.f64.push_back(x.number);
    for (const auto& x : v.find("f32")->items) g.f32.push_back(static_cast<float>(x.number));
  }
  return goldens;
}
