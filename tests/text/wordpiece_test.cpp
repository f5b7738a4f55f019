#include "distilbert/text/wordpiece.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/tokenizer.hpp"

using namespace distilbert;
using words = std::vector<std::string>;

TEST_CASE("a word is split into the longest pieces, left to right") {
  const auto tokenizer = small_tokenizer({"un", "una", "##aff", "##ff", "##able", "##a", "##ble"});
  CHECK(tokens_of(tokenizer, "unaffable") == words{"una", "##ff", "##able"});
}

TEST_CASE("greed is not taken back: one part without a piece makes the whole word unknown") {
  const auto tokenizer = small_tokenizer({"a", "ab", "##bc", "##b"});
  CHECK(tokens_of(tokenizer, "abc") == words{"[UNK]"});
  CHECK(offsets_of(tokenizer, "a abc") == offset_list{{0, 0}, {0, 1}, {2, 5}, {0, 0}});
}

TEST_CASE("a piece within a word needs its prefix, one at the start must not have it") {
  const auto tokenizer = small_tokenizer({"a", "b", "##c"});
  CHECK(tokens_of(tokenizer, "ab") == words{"[UNK]"});
  CHECK(tokens_of(tokenizer, "c") == words{"[UNK]"});
  CHECK(tokens_of(tokenizer, "ac") == words{"a", "##c"});
}

TEST_CASE("a vocabulary without continuing pieces knows only whole words") {
  const auto tokenizer = small_tokenizer({"a", "ab"});
  CHECK(tokens_of(tokenizer, "a ab aba") == words{"a", "ab", "[UNK]"});
}

TEST_CASE("a word of 100 characters is split, one of 101 is unknown") {
  const auto tokenizer = small_tokenizer({"a", "##a", "\u00e9", "##\u00e9"}, R"({"strip_accents":false})");
  const std::string accents = [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "\u00e9";
    return text;
  }();
  CHECK(ids_of(tokenizer, std::string(100, 'a')).size() == 102);
  CHECK(tokens_of(tokenizer, std::string(101, 'a')) == words{"[UNK]"});
  CHECK(ids_of(tokenizer, accents).size() == 102);
  CHECK(tokens_of(tokenizer, accents + "a") == words{"[UNK]"});
  CHECK(offsets_of(tokenizer, accents + "a a") == offset_list{{0, 0}, {0, 201}, {202, 203}, {0, 0}});
}

TEST_CASE("the limit counts characters after normalisation") {
  const auto tokenizer = small_tokenizer({"a", "##a"});
  std::string text;
  for (int i = 0; i < 100; ++i) text += "a\u0301\u0301\u200d";
  CHECK(ids_of(tokenizer, text).size() == 102);
}
