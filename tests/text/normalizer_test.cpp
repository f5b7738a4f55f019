#include "distilbert/text/normalizer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "distilbert/text/added_tokens.hpp"
#include "support/tokenizer.hpp"

using namespace distilbert;

namespace {

constexpr normalizer_options nothing{false, false, false, false};

std::string with(normalizer_options options, std::string_view text) { return detail::normalize(text, options); }

}  // namespace

// Expectations are of tokenizers.normalizers.BertNormalizer(...).normalize_str().

TEST_CASE("nothing is done unless asked for") {
  const std::string text = "A\t\u00e9\u4e2d\u200d\uFFFD";
  CHECK(with(nothing, text) == text);
}

TEST_CASE("clean_text drops control, format and private characters and makes white space a space") {
  normalizer_options o = nothing;
  o.clean_text = true;
  CHECK(detail::normalize(std::string_view("a\0b", 3), o) == "ab");
  CHECK(with(o, "a\u0085b\u000bc\u200dd\ue000e\u00adf\uFFFDg\xFF") == "abcdefg");
  CHECK(with(o, "a\u0378b") == "a\u0378b");
}

TEST_CASE("CJK ideographs stand alone when asked for") {
  normalizer_options o = nothing;
  o.handle_chinese_chars = true;
  CHECK(with(o, "a\u4e2d\u6587b\u3042") == "a \u4e2d  \u6587 b\u3042");
}

TEST_CASE("strip_accents decomposes and drops nonspacing marks, and leaves case alone") {
  normalizer_options o = nothing;
  o.strip_accents = true;
  CHECK(with(o, "\u00c9E\u0301\u1ebf\u0301\uac00") == "EEe\u1100\u1161");
  CHECK(with(o, "\u2260") == "=");
}

TEST_CASE("marks that are kept come in canonical order") {
  normalizer_options o = nothing;
  o.strip_accents = true;
  CHECK(with(o, "a\u302e\U0001d165\u0301b") == "a\U0001d165\u302eb");
  CHECK(with(o, "\u302e\U0001d165") == "\U0001d165\u302e");
  CHECK(with(o, "\U0001d15e\u302e\U0001d166") == "\U0001d157\U0001d165\U0001d166\u302e");
}

TEST_CASE("lowercase goes character by character and does not strip") {
  normalizer_options o = nothing;
  o.lowercase = true;
  CHECK(with(o, "\u00c9\u039f\u03a3 \u0130") == "\u00e9\u03bf\u03c3 i\u0307");
  o.strip_accents = true;
  CHECK(with(o, "\u00c9\u039f\u03a3 \u0130") == "e\u03bf\u03c3 i");
}

TEST_CASE("a run of a million marks is read in one go, whether they are kept or dropped") {
  const auto tokenizer = small_tokenizer({"a", "b"});
  for (const std::string mark : {"\u0301", "\u302e"}) {
    std::string text = "a";
    for (int i = 0; i < 1000000; ++i) text += mark;
    const std::size_t end = text.size();
    text += " b";
    encoding out;
    encode_options options;
    options.offsets = true;
    tokenizer.encode(text, options, out);
    const bool dropped = mark == "\u0301";
    CHECK(out.ids == std::vector<std::int32_t>{2, dropped ? 5 : 1, 6, 3});
    CHECK(out.offsets[1] == token_offsets{0, dropped ? 1 : end});
    CHECK(out.offsets[2] == token_offsets{end + 1, end + 2});
    CHECK(out.scratch.marks.capacity() <= 256);
  }
}
