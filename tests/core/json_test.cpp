#include "distilbert/core/json.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using distilbert::errc;
using distilbert::json::parse;
using kind = distilbert::json::value::kind;

TEST_CASE("a document keeps its kinds, values and order") {
  const auto v = parse(R"({"b": [1, -2, 2.5, true, null], "a": "x"})", "f").value();
  REQUIRE(v.is(kind::object));
  CHECK(v.members[0].name == "b");
  CHECK(v.members[1].name == "a");
  const auto& items = v.find("b")->items;
  REQUIRE(items.size() == 5);
  CHECK(items[0].integer == 1);
  CHECK(items[1].is(kind::negative_integer));
  CHECK(items[1].number == -2);
  CHECK(items[2].number == 2.5);
  CHECK(items[3].boolean);
  CHECK(items[4].is(kind::null));
  CHECK(v.find("a")->string == "x");
  CHECK(v.find("c") == nullptr);
}

TEST_CASE("integers keep all their 64 bits") {
  CHECK(parse("18446744073709551615", "f").value().integer == 18446744073709551615U);
}

TEST_CASE("an error names the file and the byte") {
  const auto r = parse("{\"a\": 1,}", "config.json");
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().code == errc::invalid_json);
  CHECK(r.error().message.starts_with("config.json: syntax error at byte 9"));
}

TEST_CASE("an empty text, two documents and broken UTF-8 are refused") {
  for (const char* text : {"", " ", "{} {}", "\"\xff\"", "[1", "nul"}) {
    const auto r = parse(text, "f");
    CHECK_MESSAGE(!r.has_value(), text);
    CHECK(r.error().code == errc::invalid_json);
  }
}

TEST_CASE("a zero byte ends no document") {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"{}\0"sv, "{} \0 more"sv, "1\0"sv, "\0"sv, "[\0]"sv, "\"\0\""sv}) {
    const auto r = parse(text, "f");
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().message.find("syntax error") != std::string::npos);
  }
  for (const std::string_view text : {"12"sv, "true"sv, "\"x\""sv, "[] \n"sv}) CHECK(parse(text, "f").has_value());
}

TEST_CASE("a key given twice is refused by its name") {
  const auto r = parse(R"({"dim": 1, "dim": 2})", "f");
  REQUIRE_FALSE(r.has_value());
  CHECK(r.error().message.find("\"dim\" is given twice") != std::string::npos);
}

TEST_CASE("nesting beyond 64 levels is refused") {
  CHECK(parse(std::string(64, '[') + std::string(64, ']'), "f").has_value());
  CHECK_FALSE(parse(std::string(65, '[') + std::string(65, ']'), "f").has_value());
  CHECK_FALSE(parse(std::string(10000000, '['), "f").has_value());
}
