#include "distilbert/text/vocabulary.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace distilbert;

TEST_CASE("a token's id is its line number") {
  const auto v = vocabulary::parse("[UNK]\nthe\n##s\n", "vocab.txt").value();
  CHECK(v.size() == 3);
  CHECK(v.token(1) == "the");
  CHECK(v.id("##s") == 2);
  CHECK(!v.id("s"));
  CHECK(v.token(3).empty());
  CHECK(v.token(-1).empty());
}

TEST_CASE("line ends of Windows, and a last line without one") {
  const auto v = vocabulary::parse("a\r\nb\r\nc", "vocab.txt").value();
  CHECK(v.size() == 3);
  CHECK(v.id("b") == 1);
  CHECK(v.id("c") == 2);
}

TEST_CASE("white space at the end of a line is no part of the token, within it it is") {
  const auto v = vocabulary::parse("a\u3000 \t\n b\nc\u2028d\n", "vocab.txt").value();
  CHECK(v.id("a") == 0);
  CHECK(v.id(" b") == 1);
  CHECK(v.id("c\u2028d") == 2);
}

TEST_CASE("a blank line takes an id that no text gets") {
  const auto v = vocabulary::parse("a\n\nb\n", "vocab.txt").value();
  CHECK(v.size() == 3);
  CHECK(v.id("b") == 2);
  CHECK(!v.id(""));
}

TEST_CASE("malformed vocabularies are refused with file, line and reason") {
  const auto message = [](std::string_view text) {
    const auto v = vocabulary::parse(text, "dir/vocab.txt");
    REQUIRE(!v);
    CHECK(v.error().code == errc::invalid_vocabulary);
    return v.error().message;
  };
  CHECK(message("") == "dir/vocab.txt: expected a vocabulary, found no token");
  CHECK(message("a\nb\na\n") == "dir/vocab.txt: token \"a\" is given twice, with ids 0 and 2");
  CHECK(message("a\n\n\n") == "dir/vocab.txt: the empty token is given twice, with ids 1 and 2");
  CHECK(message("a\nb\xFF\n") == "dir/vocab.txt: line 2: expected UTF-8, found an ill-formed sequence");
  CHECK(message("\xEF\xBB\xBF[PAD]\n") == "dir/vocab.txt: begins with a byte order mark, which would be a token");
}

TEST_CASE("ids with holes or given twice are refused") {
  using entry = std::pair<std::string_view, std::uint64_t>;
  const auto message = [](std::vector<entry> tokens) {
    const auto v = vocabulary::build(tokens, "t.json");
    REQUIRE(!v);
    CHECK(v.error().code == errc::invalid_vocabulary);
    return v.error().message;
  };
  CHECK(message({{"a", 0}, {"b", 2}}) == "t.json: token \"b\": expected an id below 2, the number of tokens, found 2");
  CHECK(message({{"a", 1}, {"b", 1}}) == "t.json: id 1 is given to both \"a\" and \"b\"");
  CHECK(vocabulary::build(std::vector<entry>{{"a", 1}, {"b", 0}}, "t.json").value().id("a") == 1);
}
