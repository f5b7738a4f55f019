#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"

// A model whose weights follow from a formula, as tests/data/models/README.md states it: any size, nothing to store.

inline std::uint64_t splitmix64(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
  return x ^ x >> 31;
}

inline std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

// Element i, in row-major order, of the tensor of this name.
inline float formula(std::string_view name, std::uint64_t hash, std::uint64_t i) {
  const std::uint64_t z = splitmix64(hash + i * 0x9E3779B97F4A7C15ULL);
  const double u = static_cast<double>(z >> 40) * 0x1p-23 - 1.0;
  const auto has = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
  if (name.ends_with("orm.weight")) return static_cast<float>(1 + u / 8);
  if (name.ends_with(".bias")) return static_cast<float>(u / 16);
  if (has("embeddings") || has(".q_lin.") || has(".k_lin.")) return static_cast<float>(u / 8);
  return static_cast<float>(u / 16);
}

struct model_shape {
  std::uint64_t vocabulary = 30522, positions = 512, dim = 768, hidden = 3072, layers = 6, labels = 2;
};

// Names and shapes of all tensors of a sequence classifier.
inline std::vector<std::pair<std::string, std::vector<std::uint64_t>>> classifier_tensors(const model_shape& s) {
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> all;
  const auto linear = [&](const std::string& name, std::uint64_t n, std::uint64_t k) {
    all.push_back({name + ".weight", {n, k}});
    all.push_back({name + ".bias", {n}});
  };
  const auto norm = [&](const std::string& name) {
    all.push_back({name + ".weight", {s.dim}});
    all.push_back({name + ".bias", {s.dim}});
  };
  all.push_back({"distilbert.embeddings.word_embeddings.weight", {s.vocabulary, s.dim}});
  all.push_back({"distilbert.embeddings.position_embeddings.weight", {s.positions, s.dim}});
  norm("distilbert.embeddings.LayerNorm");
  for (std::uint64_t i = 0; i < s.layers; ++i) {
    const std::string layer = "distilbert.transformer.layer." + std::to_string(i);
    for (const char* part : {"q_lin", "k_lin", "v_lin", "out_lin"}) linear(layer + ".attention." + part, s.dim, s.dim);
    norm(layer + ".sa_layer_norm");
    linear(layer + ".ffn.lin1", s.hidden, s.dim);
    linear(layer + ".ffn.lin2", s.dim, s.hidden);
    norm(layer + ".output_layer_norm");
  }
  linear("pre_classifier", s.dim, s.dim);
  linear("classifier", s.labels, s.dim);
  return all;
}

// A model.safetensors of these tensors, all of one type, their data zeros; and where the data begins.
inline std::string empty_safetensors(const std::vector<std::pair<std::string, std::vector<std::uint64_t>>>& tensors,
                                     const char* type, std::uint64_t element, std::size_t& data_begin) {
  std::string header = "{";
  std::uint64_t offset = 0;
  for (const auto& [name, sizes] : tensors) {
    std::uint64_t count = 1;
    std::string list;
    for (const std::uint64_t n : sizes) {
      count *= n;
      if (!list.empty()) list += ',';
      list += std::to_string(n);
    }
    if (offset != 0) header += ',';
    const std::uint64_t end = offset + element * count;
    header +=
        distilbert::detail::concat({"\"", name, "\":{\"dtype\":\"", type, "\",\"shape\":[", list,
                                    "],\"data_offsets\":[", std::to_string(offset), ",", std::to_string(end), "]}"});
    offset = end;
  }
  header += "}";
  while (header.size() % 8 != 0) header += ' ';
  data_begin = 8 + header.size();
  std::string file(data_begin + offset, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8);
  std::memcpy(file.data() + 8, header.data(), header.size());
  return file;
}

// The bytes of its model.safetensors, in f32.
inline std::string formula_safetensors(const model_shape& shape) {
  const auto tensors = classifier_tensors(shape);
  std::size_t begin = 0;
  std::string file = empty_safetensors(tensors, "F32", 4, begin);
  char* out = file.data() + begin;
  for (const auto& [name, sizes] : tensors) {
    const std::uint64_t hash = fnv1a(name);
    std::uint64_t count = 1;
    for (const std::uint64_t n : sizes) count *= n;
    for (std::uint64_t i = 0; i < count; ++i, out += 4) {
      const float value = formula(name, hash, i);
      std::memcpy(out, &value, 4);
    }
  }
  return file;
}
