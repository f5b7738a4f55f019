#include "distilbert/text/added_tokens.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/tokenizer.hpp"

using namespace distilbert;
using words = std::vector<std::string>;

namespace {

// The small vocabulary with one added token, its fields as in tokenizer_config.json.
tokenizer with_token(const std::string& content, const std::string& fields) {
  return small_tokenizer({"a", "b", "x", "[", "]", "sep", "mask"},
                         R"({"added_tokens_decoder":{"12":{"content":")" + content + "\"" + fields + "}}}");
}

}  // namespace

TEST_CASE("a special token typed in the text is the special token") {
  CHECK(ids_of(uncased_tokenizer(), "a [SEP] b[MASK]") == std::vector<std::int32_t>{101, 1037, 102, 1038, 103, 102});
  CHECK(offsets_of(uncased_tokenizer(), "a [SEP]") == offset_list{{0, 0}, {0, 1}, {2, 7}, {0, 0}});
}

TEST_CASE("special tokens are found as they are written only") {
  CHECK(tokens_of(uncased_tokenizer(), "[sep] [ SEP]") == words{"[", "sep", "]", "[", "sep", "]"});
}

TEST_CASE("split_special_tokens makes a typed special token plain text") {
  encode_options safe;
  safe.split_special_tokens = true;
  CHECK(tokens_of(uncased_tokenizer(), "a[SEP]b", safe) == words{"a", "[", "sep", "]", "b"});
  CHECK(ids_of(uncased_tokenizer(), "a", safe) == std::vector<std::int32_t>{101, 1037, 102});
}

TEST_CASE("a token that is not special is found in the safe mode as well") {
  const auto tokenizer = with_token("<t>", R"(,"special":false,"normalized":false)");
  encode_options safe;
  safe.split_special_tokens = true;
  CHECK(tokens_of(tokenizer, "a<t>b", safe) == words{"a", "<t>", "b"});
}

TEST_CASE("the longest of the tokens that begin at a place is taken") {
  const auto tokenizer = small_tokenizer({"a"}, R"({"extra_special_tokens":["<x>","<x><y>","<y>"]})");
  CHECK(tokens_of(tokenizer, "a<x><y><y>a<x>a") == words{"a", "<x><y>", "<y>", "a", "<x>", "a"});
}

TEST_CASE("lstrip and rstrip take white space along") {
  const auto left = with_token("<t>", R"(,"lstrip":true,"normalized":false)");
  CHECK(offsets_of(left, "a \u3000<t> b") == offset_list{{0, 0}, {0, 1}, {1, 8}, {9, 10}, {0, 0}});
  const auto right = with_token("<t>", R"(,"rstrip":true,"normalized":false)");
  CHECK(offsets_of(right, "a <t> \u3000b") == offset_list{{0, 0}, {0, 1}, {2, 9}, {9, 10}, {0, 0}});
  CHECK(offsets_of(right, "<t>  ") == offset_list{{0, 0}, {0, 5}, {0, 0}});
}

TEST_CASE("single_word tokens are found between characters that belong to no word") {
  const auto tokenizer = with_token("ab", R"(,"single_word":true,"normalized":false)");
  CHECK(tokens_of(tokenizer, "ab [ab] xab abx \u00e9ab") == words{"ab", "[", "ab", "]", "[UNK]", "[UNK]", "[UNK]"});
}

TEST_CASE("normalized tokens are found in any case, others in their own") {
  const auto tokenizer = with_token("Ab", R"(,"normalized":true)");
  CHECK(tokens_of(tokenizer, "xAB\u0301x ab") == words{"x", "Ab", "x", "Ab"});
  CHECK(offsets_of(tokenizer, "xAB\u0301x") == offset_list{{0, 0}, {0, 1}, {1, 3}, {5, 6}, {0, 0}});
  const auto exact = with_token("Ab", R"(,"normalized":false)");
  CHECK(tokens_of(exact, "Ab x") == words{"Ab", "x"});
  CHECK(tokens_of(exact, "AB") == words{"[UNK]"});
}

TEST_CASE("tokens that cannot be found or told apart are refused") {
  const auto failure = [](std::vector<added_token> tokens) {
    const auto built = added_tokens::build(std::move(tokens), {}, "t.json");
    REQUIRE(!built);
    CHECK(built.error().code == errc::unsupported_tokenizer);
    return built.error().message;
  };
  added_token nothing, one, other;
  nothing.content = "\u00ad", nothing.normalized = true;
  one.content = "Foo", one.normalized = true;
  other.content = "foo", other.normalized = true;
  CHECK(failure({nothing}) == "t.json: the added token \"\u00ad\" is normalised to nothing: none can be found");
  CHECK(failure({one, other}) ==
        "t.json: the added tokens \"Foo\" and \"foo\" cannot be told apart after normalisation");
}
