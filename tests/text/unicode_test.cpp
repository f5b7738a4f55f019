#include "distilbert/text/unicode.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace distilbert;

// The properties of all scalar values are held by the goldens; here are those that tell Unicode versions apart.

TEST_CASE("categories are those of Unicode 8.0") {
  CHECK((unicode::flags(0x1734) & unicode::nonspacing) != 0);   // a spacing mark since 14.0
  CHECK((unicode::flags(0x08D4) & unicode::nonspacing) == 0);   // new in 9.0
  CHECK((unicode::flags(0x166D) & unicode::punctuation) != 0);  // a symbol since 12.0
  CHECK((unicode::flags(0x2E43) & unicode::punctuation) == 0);  // new in 9.0
  CHECK((unicode::flags(0x08E2) & unicode::removed) == 0);      // new in 9.0
}

TEST_CASE("unassigned characters are kept, private and format characters are not") {
  CHECK((unicode::flags(0x0378) & unicode::removed) == 0);
  CHECK((unicode::flags(0xE000) & unicode::removed) != 0);
  CHECK((unicode::flags(0x10FFFD) & unicode::removed) != 0);
  CHECK((unicode::flags(0x200D) & unicode::removed) != 0);
  CHECK((unicode::flags('\t') & unicode::removed) == 0);
  CHECK((unicode::flags(0x0B) & unicode::removed) != 0);
}

TEST_CASE("ASCII symbols count as punctuation, symbols beyond ASCII do not") {
  for (const char c : std::string("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")) {
    CAPTURE(c);
    CHECK((unicode::flags(static_cast<char32_t>(c)) & unicode::punctuation) != 0);
  }
  CHECK((unicode::flags(0x20AC) & unicode::punctuation) == 0);  // the euro sign
}

TEST_CASE("canonical decompositions are those of Unicode 9.0, in full") {
  const auto text = [](char32_t c) {
    const auto d = unicode::decompose(c);
    return std::u32string(d.begin(), d.end());
  };
  CHECK(text(U'e') == U"e");
  CHECK(text(0x1EBF) == U"e\u0302\u0301");
  CHECK(text(0x1F82) == U"\u03B1\u0313\u0300\u0345");
  CHECK(text(0xAC00) == U"\u1100\u1161");
  CHECK(text(0xD7A3) == U"\u1112\u1175\u11C2");
  CHECK(text(0x2F800) == U"\u4E3D");
  CHECK(text(0x1D15E) == U"\U0001D157\U0001D165");
  CHECK(text(0x11938) == U"\U00011938");  // decomposes since 13.0
}

TEST_CASE("combining classes") {
  CHECK(unicode::combining_class(U'a') == 0);
  CHECK(unicode::combining_class(0x0301) == 230);
  CHECK(unicode::combining_class(0x0327) == 202);
  CHECK(unicode::combining_class(0x1D165) == 216);
  CHECK(unicode::combining_class(0x10FFFF) == 0);
}

TEST_CASE("lower case is that of Unicode 17.0, character by character") {
  CHECK(unicode::lower(U'A') == U'a');
  CHECK(unicode::lower(0x03A3) == 0x03C3);  // no final sigma
  CHECK(unicode::lower(0x0130) == U'i');    // and U+0307 beside it
  CHECK(unicode::lower(0x1E9E) == 0x00DF);
  CHECK(unicode::lower(0x1C89) == 0x1C8A);    // new in 16.0
  CHECK(unicode::lower(0x16EA0) == 0x16EBB);  // new in 17.0
  CHECK(unicode::lower(0x10FFFF) == 0x10FFFF);
}

TEST_CASE("CJK ideographs are those of the reference") {
  CHECK(unicode::is_chinese(0x4E00));
  CHECK(unicode::is_chinese(0x2F800));
  CHECK(!unicode::is_chinese(0x2B820));  // in Google's list, not in the reference's
  CHECK(unicode::is_chinese(0x2B920));
  CHECK(!unicode::is_chinese(0x3042));
}
