#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/json.hpp"
#include "distilbert/text/tokenizer.hpp"
#include "support/golden.hpp"

using offset_list = std::vector<std::pair<std::size_t, std::size_t>>;

// The expected result of one text in a golden file.
struct token_golden {
  std::string text;
  std::vector<std::int32_t> ids;
  offset_list offsets;  // code points
};

inline token_golden read_token_golden(const distilbert::json::value& v) {
  token_golden g;
  if (const auto* text = v.find("text")) g.text = text->string;
  if (const auto* bytes = v.find("bytes"))
    for (std::size_t i = 0; i < bytes->string.size(); i += 2)
      g.text += static_cast<char>(std::stoi(bytes->string.substr(i, 2), nullptr, 16));
  for (const auto& id : v.find("ids")->items) g.ids.push_back(static_cast<std::int32_t>(id.integer));
  for (const auto& o : v.find("offsets")->items) g.offsets.emplace_back(o.items[0].integer, o.items[1].integer);
  return g;
}

inline std::string token_golden_path(std::string_view name) {
  return std::string(DISTILBERT_TEST_DATA "/tokenizer_golden/") + std::string(name);
}

inline offset_list to_list(const std::vector<distilbert::token_offsets>& offsets) {
  offset_list list;
  for (const auto& o : offsets) list.emplace_back(o.begin, o.end);
  return list;
}

inline std::vector<std::int32_t> ids_of(const distilbert::tokenizer& tokenizer, std::string_view text,
                                        const distilbert::encode_options& options = {}) {
  distilbert::encoding out;
  tokenizer.encode(text, options, out);
  return out.ids;
}

inline offset_list offsets_of(const distilbert::tokenizer& tokenizer, std::string_view text,
                              distilbert::encode_options options = {}) {
  distilbert::encoding out;
  options.offsets = true;
  tokenizer.encode(text, options, out);
  return to_list(out.offsets);
}

// The tokens themselves, without special tokens around them.
inline std::vector<std::string> tokens_of(const distilbert::tokenizer& tokenizer, std::string_view text,
                                          distilbert::encode_options options = {}) {
  options.add_special_tokens = false;
  std::vector<std::string> tokens;
  for (const auto id : ids_of(tokenizer, text, options)) tokens.emplace_back(tokenizer.token(id));
  return tokens;
}

inline const distilbert::tokenizer& uncased_tokenizer() {
  static const auto tokenizer = distilbert::tokenizer::load(DISTILBERT_MODELS "/sst2-mini").value();
  return tokenizer;
}

// vocab.txt of the five special tokens and these.
inline std::string small_vocabulary(const std::vector<std::string>& tokens) {
  std::string text = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  for (const auto& token : tokens) text += token + '\n';
  return text;
}

inline distilbert::tokenizer small_tokenizer(const std::vector<std::string>& tokens, std::string_view config = "{}") {
  return distilbert::tokenizer::from_files({.tokenizer_json = {},
                                            .vocab_txt = small_vocabulary(tokens),
                                            .tokenizer_config_json = config,
                                            .special_tokens_map_json = {},
                                            .added_tokens_json = {}},
                                           "")
      .value();
}
