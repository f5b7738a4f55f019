#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "program.hpp"

namespace {

using strings = std::vector<std::string>;

std::string tokens(strings more) {
  more.insert(more.begin(), {"tokenize", "--output-format", "jsonl"});
  return run(more).out;
}

}  // namespace

// The expected lines are those of tokenizers' Encoding for the same vocabulary.
TEST_CASE("ids, tokens and offsets of a text, where offsets count code points unless told otherwise") {
  CHECK(tokens({"na\u00EFve caf\u00E9s \U0001F600 x"}) ==
        R"({"ids":[101,15743,23812,100,1060,102],"tokens":["[CLS]","naive","cafes","[UNK]","x","[SEP]"],)"
        R"("offsets":[[0,0],[0,5],[6,11],[12,13],[14,15],[0,0]]})"
        "\n");
  CHECK(tokens({"--offsets", "byte", "na\u00EFve \U0001F600 x"}).find("[[0,0],[0,6],[7,11],[12,13],[0,0]]") !=
        std::string::npos);
  CHECK(tokens({"--offsets", "utf16", "na\u00EFve \U0001F600 x"}).find("[[0,0],[0,5],[6,8],[9,10],[0,0]]") !=
        std::string::npos);
}

TEST_CASE("nothing is truncated unless asked for") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "good ";
  const auto count = [](const outcome& got) { return got.json().find("ids")->items.size(); };
  CHECK(count(run({"tokenize", "--output-format", "jsonl", text})) == 1002);
  CHECK(count(run({"tokenize", "--output-format", "jsonl", "--max-length", "600", text})) == 600);
}

TEST_CASE("--max-length keeps the first tokens and the special ones") {
  CHECK(run({"tokenize", "--max-length", "3", "one two three"}).out == "[CLS] one [SEP]\n");
  CHECK(run({"tokenize", "--max-length", "2", "one two three"}).out == "[CLS] [SEP]\n");
  CHECK(run({"tokenize", "--max-length", "1", "--no-special-tokens", "one two three"}).out == "one\n");
  CHECK(run({"tokenize", "--max-length", "1", "one two three"}).status == 2);
  CHECK(run({"tokenize", "--max-length", "0", "one two three"}).status == 2);
}

TEST_CASE("special tokens can be left out") {
  CHECK(tokens({"--no-special-tokens", "Hi there"}) ==
        "{\"ids\":[7632,2045],\"tokens\":[\"hi\",\"there\"],\"offsets\":[[0,2],[3,8]]}\n");
  CHECK(tokens({"--no-special-tokens", ""}) == "{\"ids\":[],\"tokens\":[],\"offsets\":[]}\n");
}

TEST_CASE("a special token in a text is special, or plain text where asked for") {
  CHECK(run({"tokenize", "a [SEP] b"}).out == "[CLS] a [SEP] b [SEP]\n");
  CHECK(run({"tokenize", "--split-special-tokens", "a [SEP] b"}).out == "[CLS] a [ sep ] b [SEP]\n");
}

TEST_CASE("an empty text has only the special tokens") {
  CHECK(tokens({""}) == "{\"ids\":[101,102],\"tokens\":[\"[CLS]\",\"[SEP]\"],\"offsets\":[[0,0],[0,0]]}\n");
}

TEST_CASE("each line of a file is a text, also where it is not UTF-8") {
  const outcome got = run({"tokenize", "--input", "-"}, "Hi there\n\n\xFFgood\n");
  CHECK(got.status == 0);
  CHECK(got.out == "[CLS] hi there [SEP]\n[CLS] [SEP]\n[CLS] good [SEP]\n");
}

TEST_CASE("a directory with a vocabulary alone is enough") {
  const temporary_directory directory;
  directory.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhi\n");
  const outcome got = run({"tokenize", "--model", directory.path().string(), "Hi you"});
  CHECK(got.status == 0);
  CHECK(got.out == "[CLS] hi [UNK] [SEP]\n");
}
