// tokenizer.json, tokenizer_config.json, special_tokens_map.json, added_tokens.json and vocab.txt from one input; what
// is accepted encodes the text that ends the input.
#include "distilbert/text/tokenizer.hpp"

#include "fuzz.hpp"
#include "tokens_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = parts_of(data, size, 6);
  const auto loaded = distilbert::tokenizer::from_files({.tokenizer_json = parts[0],
                                                         .vocab_txt = parts[4],
                                                         .tokenizer_config_json = parts[1],
                                                         .special_tokens_map_json = parts[2],
                                                         .added_tokens_json = parts[3]},
                                                        "memory");
  if (!loaded) return check_error(loaded.error()), 0;
  distilbert::encoding out;
  for (const std::size_t length : {distilbert::unlimited, std::size_t{8}}) {
    const distilbert::encode_options options{.max_length = length, .add_special_tokens = false, .offsets = true};
    loaded->encode(parts[5], options, out);
    check_encoding(*loaded, parts[5], out, options);
  }
  return 0;
}
