// Text to tokens. The short way through ASCII gives what the long way gives, and what BERT's rules, written down
// plainly, give for ASCII; no length or option changes a token that is kept.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "distilbert/text/tokenizer.hpp"
#include "fuzz.hpp"
#include "support/plain_encoder.hpp"
#include "tokens_check.hpp"

using namespace distilbert;

namespace {

const std::string vocabulary_text = [] {
  std::string text = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  for (const char* token :
       {"a", "b",  "c",   "ab",       "abc",    "abab", "ababababab", "cabbage", "A",         "B",          "Ab",
        "1", "11", "##a", "##b",      "##ab",   "##ba", "##1",        "##11",    "##A",       "##abababab", "##c",
        "!", "[",  "]",   "'",        "-",      ".",    "é",          "e",       "##e",       "中",         "##é",
        "ß", "ss", "##s", "##\u0301", "\u0627", "ο",    "σ",          "##ς",     "\U0001F600"})
    text += std::string(token) + "\n";
  return text;
}();
const std::int32_t tokens = static_cast<std::int32_t>(std::count(vocabulary_text.begin(), vocabulary_text.end(), '\n'));

// A token of normalised text that no text has sends everything the long way.
tokenizer load(bool lowercase, bool long_way) {
  const std::string added = "\"" + std::to_string(tokens) + R"(":{"content":"a1","special":true,"normalized":false})" +
                            (long_way ? ",\"" + std::to_string(tokens + 1) +
                                            R"(":{"content":"\u2603\u2603\u2603","normalized":true,"special":false})"
                                      : "");
  const std::string config = std::string(R"({"do_lower_case":)") + (lowercase ? "true" : "false") +
                             R"(,"added_tokens_decoder":{)" + added + "}}";
  return tokenizer::from_files({.tokenizer_json = {},
                                .vocab_txt = vocabulary_text,
                                .tokenizer_config_json = config,
                                .special_tokens_map_json = {},
                                .added_tokens_json = {}},
                               "memory")
      .value();
}

bool has_snowmen(std::string_view text) { return text.find("\u2603") != std::string_view::npos; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tokenizer short_ways[] = {load(false, false), load(true, false)};
  static const tokenizer long_ways[] = {load(false, true), load(true, true)};
  static const plain_encoder plain[] = {{vocabulary_text, false}, {vocabulary_text, true}};
  if (size < 2) return 0;
  const bool lowercase = (data[0] & 1) != 0;
  const tokenizer& quick = short_ways[lowercase ? 1 : 0];
  encode_options options{.add_special_tokens = (data[0] & 2) != 0,
                         .split_special_tokens = (data[0] & 4) != 0,
                         .offsets = (data[0] & 8) != 0,
                         .unit = static_cast<offset_unit>((data[0] >> 4) % 3)};
  const std::size_t shortest = options.add_special_tokens ? 2 : 0;
  // An allocation of the text's very size: one byte read too far shows.
  const std::size_t count = size - 2;
  const std::unique_ptr<char[]> copy(new char[count == 0 ? 1 : count]);
  std::memcpy(copy.get(), data + 2, count);
  const std::string_view text(copy.get(), count);

  static encoding whole, other;
  quick.encode(text, options, whole);
  check_encoding(quick, text, whole, options);
  FUZZ_CHECK(!whole.truncated);
  if (!has_snowmen(text)) {
    long_ways[lowercase ? 1 : 0].encode(text, options, other);
    FUZZ_CHECK(whole.ids == other.ids && whole.offsets == other.offsets);
  }

  encode_options cut = options;
  cut.max_length = std::max<std::size_t>(shortest, data[1]);
  quick.encode(text, cut, other);
  check_encoding(quick, text, other, cut);
  FUZZ_CHECK(other.truncated == (whole.ids.size() > cut.max_length));
  const std::size_t after = options.add_special_tokens && !other.ids.empty() ? 1 : 0;
  FUZZ_CHECK(std::equal(other.ids.begin(), other.ids.end() - static_cast<std::ptrdiff_t>(after), whole.ids.begin()));

  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 128; })) {
    quick.encode(text, {.add_special_tokens = false, .split_special_tokens = true, .offsets = true}, other);
    const auto expected = plain[lowercase ? 1 : 0].encode(text);
    FUZZ_CHECK(other.ids.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      FUZZ_CHECK(expected[i] == (plain_encoder::token{other.ids[i], other.offsets[i]}));
  }
  return 0;
}
