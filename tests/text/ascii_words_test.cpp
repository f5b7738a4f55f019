// The fast way through ASCII against two others: BERT's rules written down plainly, and the tokenizer's own long way.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "support/guarded.hpp"
#include "support/plain_encoder.hpp"
#include "support/tokenizer.hpp"

using namespace distilbert;

namespace {

// Pieces of few letters, of every length from one to beyond two blocks, so that words split in many ways.
std::vector<std::string> random_pieces(std::mt19937& random, bool capitals) {
  std::vector<std::string> pieces;
  std::map<std::string, int> seen;
  const std::string letters = capitals ? "abAB1" : "ab1";
  while (pieces.size() < 400) {
    std::string piece = random() % 2 == 0 ? "##" : "";
    const std::size_t size = 1 + random() % (random() % 3 == 0 ? 20 : 4);
    for (std::size_t i = 0; i < size; ++i) piece += letters[random() % letters.size()];
    if (seen.emplace(piece, 0).second) pieces.push_back(piece);
  }
  for (const char* mark : {"!", "[", "]", "-", "'"}) pieces.push_back(mark);
  return pieces;
}

std::string random_text(std::mt19937& random, bool all_bytes) {
  static constexpr std::string_view rare[] = {
      "\t",  "\n",   "  ",   "\x01",    "\x7F",  std::string_view("\0", 1), "[SEP]", "c",
      "abc", "abca", "[SEP", "[[SEP]]", "MASK]", "aaaaaaaaaaaaaaaaaaaaaaaa"};
  static constexpr std::string_view beyond[] = {"\u00e9", "e\u0301", "\u0301", "\u4e2d", "\xFF", "\u00ad", "\u3000"};
  std::string text;
  for (std::size_t left = random() % 60; left > 0; --left) {
    const auto kind = random() % 10;
    if (kind < 7)
      for (std::size_t size = 1 + random() % 11; size > 0; --size) text += "abABab11a"[random() % 9];
    if (kind == 7) text += "!['-]"[random() % 5];
    if (kind == 8) text += rare[random() % std::size(rare)];
    if (kind == 9 && all_bytes) text += beyond[random() % std::size(beyond)];
    if (random() % 3 != 0) text += ' ';
  }
  return text;
}

encoding encode(const tokenizer& tokenizer, std::string_view text, const encode_options& options) {
  encoding out;
  tokenizer.encode(text, options, out);
  return out;
}

}  // namespace

TEST_CASE("ASCII is encoded as by BERT's rules written down plainly") {
  std::mt19937 random(2);
  int wrong = 0;
  for (const bool lowercase : {true, false})
    for (int vocabulary = 0; vocabulary < 10; ++vocabulary) {
      const auto pieces = random_pieces(random, !lowercase);
      const auto tokenizer = small_tokenizer(pieces, lowercase ? "{}" : R"({"do_lower_case":false})");
      const plain_encoder plain(small_vocabulary(pieces), lowercase);
      for (int i = 0; i < 500; ++i) {
        const std::string text = random_text(random, false);
        const auto out =
            encode(tokenizer, text, {.add_special_tokens = false, .split_special_tokens = true, .offsets = true});
        std::vector<plain_encoder::token> found;
        for (std::size_t k = 0; k < out.ids.size(); ++k) found.push_back({out.ids[k], out.offsets[k]});
        wrong += found != plain.encode(text);
      }
    }
  CHECK(wrong == 0);
}

TEST_CASE("the short way and the long way agree on any bytes, with any length and options") {
  std::mt19937 random(3);
  int wrong = 0;
  for (const bool lowercase : {true, false})
    for (int vocabulary = 0; vocabulary < 10; ++vocabulary) {
      const auto pieces = random_pieces(random, !lowercase);
      const std::string config = lowercase ? "" : R"("do_lower_case":false,)";
      // A token of normalised text that no text has sends everything the long way.
      const auto never = std::to_string(pieces.size() + 5);
      const auto with = [&](const std::string& added) {
        return small_tokenizer(pieces, "{" + config + R"("added_tokens_decoder":{)" + added + "}}");
      };
      const std::string letter = "\"" + never + R"(":{"content":"abc","special":)";
      const auto short_way = with(vocabulary % 2 == 0 ? "" : letter + R"(true,"normalized":false})");
      const auto last = std::to_string(pieces.size() + 5 + (vocabulary % 2 == 0 ? 0U : 1U));
      const auto long_way = with((vocabulary % 2 == 0 ? "" : letter + R"(true,"normalized":false},)") + "\"" + last +
                                 R"(":{"content":"\u2603\u2603","normalized":true,"special":false})");
      for (int i = 0; i < 500; ++i) {
        const std::string text = random_text(random, true);
        encode_options options;
        if (random() % 2 == 0) options.max_length = random() % 40;
        options.split_special_tokens = random() % 2 == 0;
        options.offsets = random() % 4 != 0;
        const auto a = encode(short_way, text, options), b = encode(long_way, text, options);
        wrong += a.ids != b.ids || a.offsets != b.offsets || a.truncated != b.truncated;
      }
    }
  CHECK(wrong == 0);
}

TEST_CASE("words of every length at every place of a block are the same, to the last byte before a page's end") {
  std::mt19937 random(4);
  const auto pieces = random_pieces(random, false);
  const auto tokenizer = small_tokenizer(pieces);
  const plain_encoder plain(small_vocabulary(pieces), true);
  int wrong = 0;
  for (std::size_t before = 0; before <= 17; ++before)
    for (std::size_t size = 1; size <= 40; ++size)
      for (const std::string_view after : {"", " ", "!", "b", " ab", "\x01"}) {
        std::string text(before, ' ');
        for (std::size_t i = 0; i < size; ++i) text += "abAB1"[random() % 5];
        text += after;
        guarded<char> page(text.size());
        for (std::size_t i = 0; i < text.size(); ++i) page[i] = text[i];
        const auto out = encode(tokenizer, {page.data(), page.size()}, {.add_special_tokens = false, .offsets = true});
        std::vector<plain_encoder::token> found;
        for (std::size_t k = 0; k < out.ids.size(); ++k) found.push_back({out.ids[k], out.offsets[k]});
        wrong += found != plain.encode(text);
      }
  CHECK(wrong == 0);
}

TEST_CASE("no byte beyond the text is read, whatever the text ends with") {
  for (const std::string_view end :
       {"", "a", "\u00e9", "\xC3", "\xE4\xB8", "\xF0\x9F\x92", "[", "[MAS", "[MASK]", "!", " ", "e\u0301"})
    for (std::size_t size = 0; size <= 20; ++size) {
      const std::string text = std::string(size, 'a') + std::string(end);
      guarded<char> page(text.size());
      for (std::size_t i = 0; i < text.size(); ++i) page[i] = text[i];
      const encode_options options{.offsets = true, .unit = offset_unit::utf16};
      CHECK(encode(uncased_tokenizer(), {page.data(), page.size()}, options).ids == ids_of(uncased_tokenizer(), text));
    }
}
