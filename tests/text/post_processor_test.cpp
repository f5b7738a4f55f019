#include "distilbert/text/post_processor.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/tokenizer.hpp"

using namespace distilbert;
using ids = std::vector<std::int32_t>;

namespace {

encoding encode(std::string_view text, encode_options options) {
  encoding out;
  options.offsets = true;
  uncased_tokenizer().encode(text, options, out);
  return out;
}

encode_options at_most(std::size_t length, bool special = true) {
  encode_options options;
  options.max_length = length;
  options.add_special_tokens = special;
  return options;
}

}  // namespace

TEST_CASE("an empty text has only the special tokens") {
  const auto out = encode("", {});
  CHECK(out.ids == ids{101, 102});
  CHECK(to_list(out.offsets) == offset_list{{0, 0}, {0, 0}});
  CHECK(!out.truncated);
}

TEST_CASE("special tokens can be left out") {
  encode_options options;
  options.add_special_tokens = false;
  CHECK(encode("hello", options).ids == ids{7592});
  CHECK(encode("", options).ids.empty());
}

TEST_CASE("max_length counts the special tokens and keeps the first tokens of the text") {
  const auto out = encode("hello world foo", at_most(4));
  CHECK(out.ids == ids{101, 7592, 2088, 102});
  CHECK(to_list(out.offsets) == offset_list{{0, 0}, {0, 5}, {6, 11}, {0, 0}});
  CHECK(out.truncated);
  CHECK(encode("hello world foo", at_most(2, false)).ids == ids{7592, 2088});
}

TEST_CASE("a text that just fits is not truncated") {
  CHECK(!encode("hello world", at_most(4)).truncated);
  CHECK(!encode("hello world  \u200d ", at_most(4)).truncated);
  CHECK(!encode("", at_most(2)).truncated);
  CHECK(encode("hello world !", at_most(4)).truncated);
  CHECK(encode("hello world \U0001F4A9", at_most(4)).truncated);
  CHECK(encode("hello world [SEP]", at_most(4)).truncated);
}

TEST_CASE("truncation can fall within a word, which is known or unknown as a whole") {
  CHECK(encode("undefinedly", {}).ids == ids{101, 6151, 28344, 2135, 102});
  CHECK(encode("undefinedly", at_most(3)).ids == ids{101, 6151, 102});
  CHECK(encode("undefinedly", at_most(3)).truncated);
  CHECK(encode("undefined\U0001F4A9", at_most(3)).ids == ids{101, 100, 102});
  CHECK(!encode("undefined\U0001F4A9", at_most(3)).truncated);
}

TEST_CASE("a max_length below the number of special tokens cuts these") {
  CHECK(encode("hello", at_most(2)).ids == ids{101, 102});
  CHECK(encode("hello", at_most(2)).truncated);
  CHECK(encode("hello", at_most(1)).ids == ids{101});
  CHECK(encode("", at_most(1)).truncated);
  CHECK(encode("hello", at_most(0)).ids.empty());
  CHECK(encode("hello", at_most(0, false)).truncated);
}

TEST_CASE("every max_length gives the beginning of the whole") {
  const std::string text = "It's unflinchingly [MASK] bleak \u4e2d\u6587 \U0001F4A9 caf\u00e9s, and desperate!";
  encode_options plain;
  plain.add_special_tokens = false;
  const auto whole = encode(text, plain);
  for (std::size_t n = 0; n <= whole.ids.size() + 1; ++n) {
    const auto part = encode(text, at_most(n, false));
    const std::size_t kept = std::min(n, whole.ids.size());
    CAPTURE(n);
    CHECK(part.ids == ids(whole.ids.begin(), whole.ids.begin() + static_cast<std::ptrdiff_t>(kept)));
    CHECK(part.offsets.size() == kept);
    CHECK(part.truncated == (n < whole.ids.size()));
  }
}
