#pragma once
#include <cstddef>
#include <string_view>

#include "distilbert/text/tokenizer.hpp"
#include "fuzz.hpp"

// Every id has a place in the vocabulary; offsets lie inside the text and never go back.
inline void check_encoding(const distilbert::tokenizer& tokenizer, std::string_view text,
                           const distilbert::encoding& out, const distilbert::encode_options& options) {
  FUZZ_CHECK(out.ids.size() <= options.max_length);
  for (const std::int32_t id : out.ids) FUZZ_CHECK(id >= 0 && static_cast<std::size_t>(id) < tokenizer.vocab_size());
  FUZZ_CHECK(out.offsets.size() == (options.offsets ? out.ids.size() : 0));
  // Code points and UTF-16 units are never more than bytes, so the same bound holds for all.
  distilbert::token_offsets last{0, 0};
  for (const auto& o : out.offsets) {
    if (o == distilbert::token_offsets{0, 0}) continue;  // put around the text
    FUZZ_CHECK(o.begin <= o.end && o.end <= text.size());
    FUZZ_CHECK(o.begin >= last.begin && o.end >= last.end);
    last = o;
  }
}
