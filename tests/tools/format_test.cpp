#include "format.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include <doctest/doctest.h>

TEST_CASE("a number is printed as Python prints it") {
  // Left, the double; right, Python's repr of it.
  CHECK(tool::number(0.0) == "0.0");
  CHECK(tool::number(-0.0) == "-0.0");
  CHECK(tool::number(1.0) == "1.0");
  CHECK(tool::number(-12.5) == "-12.5");
  CHECK(tool::number(100.0) == "100.0");
  CHECK(tool::number(123456.0) == "123456.0");
  CHECK(tool::number(0.1) == "0.1");
  CHECK(tool::number(0.1f) == "0.10000000149011612");
  CHECK(tool::number(0.9998656511306763) == "0.9998656511306763");
  CHECK(tool::number(-3.860483169555664) == "-3.860483169555664");
  CHECK(tool::number(0.0001) == "0.0001");
  CHECK(tool::number(0.00012345) == "0.00012345");
  CHECK(tool::number(0.00001) == "1e-05");
  CHECK(tool::number(1.5e-5) == "1.5e-05");
  CHECK(tool::number(1e15) == "1000000000000000.0");
  CHECK(tool::number(1234567890123456.0) == "1234567890123456.0");
  CHECK(tool::number(1e16) == "1e+16");
  CHECK(tool::number(1.2345678901234567e+16) == "1.2345678901234568e+16");
  CHECK(tool::number(5e-324) == "5e-324");
  CHECK(tool::number(1e23) == "1e+23");
  CHECK(tool::number(9007199254740993.0) == "9007199254740992.0");
  CHECK(tool::number(1.7976931348623157e308) == "1.7976931348623157e+308");
}

TEST_CASE("the same float32 comes back from its printed form") {
  std::uint32_t bits = 1;
  for (int i = 0; i < 100000; ++i, bits = bits * 1664525U + 1013904223U) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const float back = static_cast<float>(std::stod(tool::number(value)));
    REQUIRE(std::memcmp(&back, &value, sizeof value) == 0);
  }
}

TEST_CASE("what is no number is null") {
  CHECK(tool::number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(tool::number(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("a JSON string escapes what it must and replaces ill-formed UTF-8") {
  CHECK(tool::json_string("a \"b\" \\ \n\t\x01 é 😀") == R"("a \"b\" \\ \n\t\u0001 é 😀")");
  CHECK(tool::json_string("a\xFF"
                          "b") == "\"a\uFFFDb\"");
  CHECK(tool::json_string(std::string_view("\0", 1)) == R"("\u0000")");
}

TEST_CASE("a CSV field is quoted only where it has to be") {
  CHECK(tool::csv_field("plain text; é") == "plain text; é");
  CHECK(tool::csv_field("a,b") == "\"a,b\"");
  CHECK(tool::csv_field("a \"b\"") == "\"a \"\"b\"\"\"");
  CHECK(tool::csv_field("a\nb") == "\"a\nb\"");
  CHECK(tool::csv_field("a\rb") == "\"a\rb\"");
}

TEST_CASE("printable text is one line without control characters") {
  CHECK(tool::printable("a\tb\r\nc\x1B[31m\x7F é") == "a b  c [31m  é");
}
