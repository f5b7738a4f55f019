#include "distilbert/text/utf8.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace distilbert;

namespace {

std::u32string decode_all(std::string_view text) {
  std::u32string scalars;
  for (std::size_t i = 0; i < text.size();) {
    const auto d = utf8::decode(text, i);
    scalars += d.scalar;
    i += d.length;
  }
  return scalars;
}

}  // namespace

TEST_CASE("every scalar value survives encoding and decoding, in both directions") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    char bytes[4];
    const std::size_t size = utf8::encode(c, bytes);
    const std::string_view text(bytes, size);
    const auto d = utf8::decode(text, 0), before = utf8::decode_before(text, size);
    if (d.scalar != c || d.length != size || before.scalar != c || before.length != size) FAIL_CHECK(c);
  }
}

TEST_CASE("an ill-formed sequence reads as U+FFFD once per maximal subpart") {
  // What Python's bytes.decode("utf-8", "replace") gives.
  CHECK(decode_all("a\x80z") == U"a\uFFFDz");
  CHECK(decode_all("\xE2\x82") == U"\uFFFD");
  CHECK(decode_all("\xE2\x82z") == U"\uFFFDz");
  CHECK(decode_all("\xF0\x9F\x92") == U"\uFFFD");
  CHECK(decode_all("\xF0\x9F\x92\xF0\x9F\x92\xA9") == U"\uFFFD\U0001F4A9");
  CHECK(decode_all("\xED\xA0\x80") == U"\uFFFD\uFFFD\uFFFD");            // a surrogate
  CHECK(decode_all("\xC0\x80") == U"\uFFFD\uFFFD");                      // overlong
  CHECK(decode_all("\xE0\x80\x80") == U"\uFFFD\uFFFD\uFFFD");            // overlong
  CHECK(decode_all("\xF4\x90\x80\x80") == U"\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond U+10FFFF
  CHECK(decode_all("\xFF\xFE") == U"\uFFFD\uFFFD");
}

TEST_CASE("the first ill-formed byte is found, a real U+FFFD is not one") {
  CHECK(utf8::find_invalid("caf\xC3\xA9") == 5);
  CHECK(utf8::find_invalid("\xEF\xBF\xBD") == 3);
  CHECK(utf8::find_invalid("caf\xC3") == 3);
  CHECK(utf8::find_invalid("\xEF\xBF\xBD\xEF\xBF") == 3);
}
