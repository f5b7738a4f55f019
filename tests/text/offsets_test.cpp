#include "distilbert/text/offsets.hpp"

#include <doctest/doctest.h>

#include "support/tokenizer.hpp"

using namespace distilbert;

namespace {

offset_list offsets(std::string_view text, offset_unit unit) {
  encode_options options;
  options.add_special_tokens = false;
  options.unit = unit;
  return offsets_of(uncased_tokenizer(), text, options);
}

}  // namespace

TEST_CASE("offsets count bytes, code points or UTF-16 units of the text as given") {
  const std::string text = "\u00e9 \U0001F600 b";
  CHECK(offsets(text, offset_unit::byte) == offset_list{{0, 2}, {3, 7}, {8, 9}});
  CHECK(offsets(text, offset_unit::code_point) == offset_list{{0, 1}, {2, 3}, {4, 5}});
  CHECK(offsets(text, offset_unit::utf16) == offset_list{{0, 1}, {2, 4}, {5, 6}});
}

TEST_CASE("ill-formed bytes count as the U+FFFD they are read as") {
  const std::string text = "a\xF0\x9F b\xFF\xFF c";
  CHECK(offsets(text, offset_unit::byte) == offset_list{{0, 1}, {4, 5}, {8, 9}});
  CHECK(offsets(text, offset_unit::code_point) == offset_list{{0, 1}, {3, 4}, {7, 8}});
}

TEST_CASE("what was dropped within a token belongs to it, what was dropped around it does not") {
  CHECK(offsets("\u200dhe\u200dllo\u200d", offset_unit::code_point) == offset_list{{1, 7}});
}

TEST_CASE("the pieces of one character share its place") {
  const auto tokenizer = small_tokenizer({"\u1100", "##\u1161"});
  CHECK(offsets_of(tokenizer, "\uac00") == offset_list{{0, 0}, {0, 3}, {0, 3}, {0, 0}});
}

TEST_CASE("offsets are given only when asked for") {
  encoding out;
  encode_options options;
  options.offsets = true;
  uncased_tokenizer().encode("hello", options, out);
  CHECK(out.offsets.size() == 3);
  uncased_tokenizer().encode("hello", {}, out);
  CHECK(out.offsets.empty());
}
