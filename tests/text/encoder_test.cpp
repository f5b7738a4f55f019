#include "distilbert/text/encoder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/counting_allocator.hpp"
#include "support/tokenizer.hpp"

using namespace distilbert;

namespace {

std::vector<std::string> texts() {
  std::vector<std::string> all;
  for (const char* file : {"blns.jsonl.gz", "sst2_dev.jsonl.gz", "mixtures.jsonl.gz"})
    for (const std::string& line : read_lines(token_golden_path(file)))
      all.push_back(read_token_golden(json::parse(line, file).value()).text);
  return all;
}

}  // namespace

TEST_CASE("encoding allocates nothing once the encoding has grown") {
  const auto all = texts();
  for (const offset_unit unit : {offset_unit::byte, offset_unit::utf16}) {
    encoding out;
    encode_options options;
    options.offsets = true;
    options.unit = unit;
    for (const auto& text : all) uncased_tokenizer().encode(text, options, out);
    const std::size_t before = allocations;
    for (const auto& text : all) uncased_tokenizer().encode(text, options, out);
    CHECK(allocations == before);
  }
}

TEST_CASE("added tokens of normalised text allocate nothing either") {
  const auto tokenizer =
      small_tokenizer({"a"}, R"({"added_tokens_decoder":{"6":{"content":"the","normalized":true}}})");
  const auto all = texts();
  encoding out;
  for (const auto& text : all) tokenizer.encode(text, {}, out);
  const std::size_t before = allocations;
  for (const auto& text : all) tokenizer.encode(text, {}, out);
  CHECK(allocations == before);
}

TEST_CASE("what an encoding held before does not matter") {
  const auto all = texts();
  encoding reused;
  encode_options options;
  options.offsets = true;
  for (const auto& text : all) {
    encoding fresh;
    uncased_tokenizer().encode(text, options, reused);
    uncased_tokenizer().encode(text, options, fresh);
    if (reused.ids != fresh.ids || reused.offsets != fresh.offsets) FAIL_CHECK(text);
  }
}

TEST_CASE("threads share one tokenizer") {
  const auto all = texts();
  std::vector<std::vector<std::int32_t>> expected;
  for (const auto& text : all) expected.push_back(ids_of(uncased_tokenizer(), text));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      encoding out;
      for (std::size_t i = 0; i < all.size(); ++i) {
        uncased_tokenizer().encode(all[i], {}, out);
        wrong += out.ids != expected[i];
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a long text with a max_length takes no more memory than its result") {
  encode_options options;
  options.max_length = 512;
  options.offsets = true;
  const auto repeat = [](std::string_view part) {
    std::string text;
    while (text.size() < (1U << 22)) text += part;
    return text;
  };
  for (const std::string_view part : {"hello world, ", "x", "\u00e9", "\u00e9 ", "\u4e2d", "e\u0301", "[MASK]",
                                      "[MASK ", " ", "\xFF", "\u200d", "\uac00", "\u302e\u0301"}) {
    const std::string text = repeat(part);
    CAPTURE(part);
    encoding out;
    uncased_tokenizer().encode(text, options, out);
    CHECK(out.ids.size() <= 512);
    const std::size_t words = out.scratch.word.capacity() + out.scratch.word_offsets.capacity();
    CHECK(words + out.scratch.marks.capacity() + out.scratch.lookahead.capacity() < 4096);
    CHECK(out.ids.capacity() + out.offsets.capacity() < 8192);
  }
}

TEST_CASE("a text cut at any byte is encoded, and its whole words as before") {
  const std::string text = "The caf\u00e9 \u4e2d\u6587 [SEP] \U0001F468\u200d\U0001F4BB na\u0308ive \u302e\u0327x!";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto ids = ids_of(uncased_tokenizer(), std::string_view(text).substr(0, size));
    CAPTURE(size);
    CHECK(ids.front() == 101);
    CHECK(ids.back() == 102);
    if (size >= 4) CHECK(ids[1] == 1996);
  }
}
