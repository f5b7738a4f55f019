#include "distilbert/text/tokenizer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/temporary_directory.hpp"
#include "support/tokenizer.hpp"

using namespace distilbert;

TEST_CASE("a directory with vocab.txt is loaded") {
  const tokenizer& t = uncased_tokenizer();
  CHECK(t.vocab_size() == 30522);
  CHECK(t.token(7592) == "hello");
  CHECK(t.id("hello") == 7592);
  CHECK(!t.id("no such token"));
  CHECK(t.token(30522).empty());
  CHECK(t.token(-1).empty());
  CHECK(t.unk_id() == 100);
  CHECK(t.cls_id() == 101);
  CHECK(t.sep_id() == 102);
  CHECK(t.pad_id() == 0);
  CHECK(t.mask_id() == 103);
  CHECK(t.model_max_length() == 512);
  CHECK(t.added_tokens().size() == 5);
}

TEST_CASE("a tokenizer can be copied and moved, and goes on working") {
  tokenizer copy = small_tokenizer({"a", "##b"});
  const tokenizer moved = std::move(copy);
  copy = moved;
  CHECK(ids_of(copy, "ab") == std::vector<std::int32_t>{2, 5, 6, 3});
  CHECK(ids_of(moved, "ab") == std::vector<std::int32_t>{2, 5, 6, 3});
}

TEST_CASE("a directory without a vocabulary is refused") {
  const temporary_directory directory;
  const auto missing = tokenizer::load(directory.path());
  REQUIRE(!missing);
  CHECK(missing.error().code == errc::file_not_found);
  CHECK(missing.error().message == (directory.path() / "vocab.txt").string() + ": no such file, nor a tokenizer.json");
  CHECK(tokenizer::load(directory.path() / "nowhere").error().code == errc::file_not_found);
}

TEST_CASE("an empty file is not taken for an absent one") {
  const temporary_directory directory;
  directory.write("vocab.txt", "");
  CHECK(tokenizer::load(directory.path()).error().code == errc::invalid_vocabulary);
  directory.write("vocab.txt", small_vocabulary({"a"}));
  CHECK(tokenizer::load(directory.path()).has_value());
  for (const char* name : {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"}) {
    directory.write(name, "");
    const auto loaded = tokenizer::load(directory.path());
    REQUIRE(!loaded);
    CHECK(loaded.error().code == errc::invalid_json);
    CHECK(loaded.error().message == (directory.path() / name).string() + ": the file is empty");
    std::filesystem::remove(directory.path() / name);
  }
}

TEST_CASE("a file that is a directory is an error, not an absence") {
  const temporary_directory directory;
  directory.write("vocab.txt", small_vocabulary({"a"}));
  std::filesystem::create_directory(directory.path() / "tokenizer_config.json");
  CHECK(tokenizer::load(directory.path()).error().code == errc::io_error);
}

TEST_CASE("the vocabulary is tokenizer.json's where both are there, the settings are tokenizer_config.json's") {
  const std::string json =
      R"({"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"lowercase":true},)"
      R"("pre_tokenizer":{"type":"BertPreTokenizer"},"model":{"unk_token":"[UNK]","continuing_subword_prefix":"##",)"
      R"("max_input_chars_per_word":100,"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"A":3,"a":4,"[PAD]":5,"[MASK]":6}}})";
  const std::string vocab = small_vocabulary({"a"});
  tokenizer_files files;
  files.tokenizer_json = json;
  files.vocab_txt = vocab;
  CHECK(ids_of(tokenizer::from_files(files, "").value(), "A") == std::vector<std::int32_t>{4});
  files.tokenizer_config_json = R"({"do_lower_case":false})";
  CHECK(ids_of(tokenizer::from_files(files, "").value(), "A") == std::vector<std::int32_t>{1, 3, 2});
  files.tokenizer_config_json = R"({"tokenizer_class":"PreTrainedTokenizerFast","do_lower_case":false})";
  CHECK(ids_of(tokenizer::from_files(files, "").value(), "A") == std::vector<std::int32_t>{4});
}
