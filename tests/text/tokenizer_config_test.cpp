#include "distilbert/text/tokenizer_config.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/tokenizer.hpp"

using namespace distilbert;

namespace {

result<tokenizer> load(std::string_view config, std::string_view special = {}, std::string_view added = {}) {
  static const std::string vocab = small_vocabulary({"a", "\u4e2d", "\u00e9", "A", "x", "##x"});
  return tokenizer::from_files({vocab.substr(0, 0), vocab, config, special, added}, "dir");
}

void check(const result<tokenizer>& loaded, errc code, const std::string& message) {
  REQUIRE(!loaded);
  CHECK(to_string(loaded.error().code) == to_string(code));
  CHECK(loaded.error().message == "dir/" + message);
}

}  // namespace

TEST_CASE("without a configuration text is lower-cased and stripped of accents") {
  const auto t = load("").value();
  CHECK(t.lowercase());
  CHECK(t.strip_accents());
  CHECK(t.handle_chinese_chars());
  CHECK(!t.model_max_length());
  CHECK(t.source() == "vocab.txt");
}

TEST_CASE("do_lower_case, strip_accents and tokenize_chinese_chars") {
  CHECK(!load(R"({"do_lower_case":false})").value().strip_accents());
  CHECK(load(R"({"do_lower_case":false,"strip_accents":true})").value().strip_accents());
  CHECK(!load(R"({"strip_accents":false})").value().strip_accents());
  CHECK(load(R"({"strip_accents":null})").value().strip_accents());
  CHECK(!load(R"({"tokenize_chinese_chars":false})").value().handle_chinese_chars());
}

TEST_CASE("never_split has no influence, as in the reference's fast tokenizers") {
  const auto t = load(R"({"never_split":["A"],"do_basic_tokenize":false})").value();
  CHECK(ids_of(t, "A") == std::vector<std::int32_t>{2, 5, 3});
}

TEST_CASE("model_max_length, and values that mean none") {
  CHECK(load(R"({"model_max_length":512})").value().model_max_length() == 512);
  CHECK(load(R"({"model_max_length":512.0})").value().model_max_length() == 512);
  CHECK(load(R"({"max_len":128})").value().model_max_length() == 128);
  CHECK(!load(R"({"model_max_length":1000000000000000019884624838656})").value().model_max_length());
  CHECK(!load(R"({"model_max_length":1e30})").value().model_max_length());
  CHECK(!load(R"({"model_max_length":null})").value().model_max_length());
  check(load(R"({"model_max_length":0})"), errc::invalid_field,
        "tokenizer_config.json: model_max_length: expected a number of at least 1, found an integer");
  check(load(R"({"model_max_length":"512"})"), errc::invalid_field,
        R"(tokenizer_config.json: model_max_length: expected a number of at least 1, found "512")");
}

TEST_CASE("special tokens are given as strings or as objects") {
  for (const std::string sep :
       {R"("[CLS]")", R"({"content":"[CLS]","lstrip":false,"__type":"AddedToken"})", R"({"content":"[CLS]"})"}) {
    const auto t = load(R"({"sep_token":)" + sep + "}").value();
    CHECK(t.sep_id() == 2);
    CHECK(ids_of(t, "a") == std::vector<std::int32_t>{2, 5, 2});
  }
}

TEST_CASE("special_tokens_map.json goes over tokenizer_config.json, unless that lists all added tokens") {
  const std::string_view map = R"({"cls_token":"[MASK]"})";
  CHECK(load(R"({"cls_token":"[CLS]"})", map).value().cls_id() == 4);
  CHECK(load(R"({"cls_token":"[CLS]","added_tokens_decoder":{}})", map).value().cls_id() == 2);
}

TEST_CASE("further special tokens and added_tokens.json get the ids after the vocabulary") {
  const auto t = load(R"({"additional_special_tokens":["<s>"],"image_token":"<i>"})", "", R"({"<t>":11})").value();
  CHECK(t.id("<t>") == 11);
  CHECK(t.id("<i>") == 12);
  CHECK(t.id("<s>") == 13);
  CHECK(t.token(12) == "<i>");
  CHECK(t.vocab_size() == 14);
  CHECK(ids_of(t, "a<t>a<s><i>") == std::vector<std::int32_t>{2, 5, 11, 5, 13, 12, 3});
}

TEST_CASE("a special token set to null is not looked for") {
  const auto t = load(R"({"mask_token":null})").value();
  CHECK(!t.mask_id());
  CHECK(ids_of(t, "[MASK]").size() > 3);
}

TEST_CASE("split_special_tokens can be the default") {
  CHECK(ids_of(load(R"({"split_special_tokens":true})").value(), "[MASK]").size() > 3);
}

TEST_CASE("what cannot be followed is refused by name") {
  check(
      load(R"({"tokenizer_class":"RobertaTokenizer"})"), errc::unsupported_tokenizer,
      "tokenizer_config.json: tokenizer_class: expected BertTokenizer, DistilBertTokenizer, PreTrainedTokenizerFast or "
      "TokenizersBackend, found \"RobertaTokenizer\"");
  check(load(R"({"auto_map":{"AutoTokenizer":["x.Y",null]}})"), errc::unsupported_tokenizer,
        "tokenizer_config.json: auto_map: expected none, found a tokenizer in Python code");
  check(load(R"({"truncation_side":"left"})"), errc::unsupported_tokenizer,
        "tokenizer_config.json: truncation_side: expected right, found left");
  check(load(R"({"tokenizer_class":"PreTrainedTokenizerFast"})"), errc::file_not_found,
        "tokenizer.json: no such file, but tokenizer_config.json names a class that has no other vocabulary");
}

TEST_CASE("malformed configurations are refused with file, field, expected and found") {
  check(load("{"), errc::invalid_json, "tokenizer_config.json: syntax error at byte 2, at '{'");
  check(load("[]"), errc::invalid_field, "tokenizer_config.json: expected an object, found an array");
  check(load(R"({"do_lower_case":"yes"})"), errc::invalid_field,
        R"(tokenizer_config.json: do_lower_case: expected a boolean, found "yes")");
  check(load(R"({"cls_token":5})"), errc::invalid_field,
        "tokenizer_config.json: cls_token: expected an object, found an integer");
  check(load(R"({"cls_token":null})"), errc::invalid_field,
        "tokenizer_config.json: cls_token: expected a token, found null");
  check(load(R"({"cls_token":"[cls]"})"), errc::invalid_vocabulary,
        R"(vocab.txt: expected the cls_token "[cls]" in the vocabulary, found none)");
  check(load(R"({"added_tokens_decoder":{"x":{"content":"y"}}})"), errc::invalid_field,
        R"(tokenizer_config.json: added_tokens_decoder.x: expected an id as the key, found "x")");
  check(load(R"({"truncation_side":"up"})"), errc::invalid_field,
        R"(tokenizer_config.json: truncation_side: expected "right" or "left", found "up")");
  check(load("", R"({"cls_token":[]})"), errc::invalid_field,
        "special_tokens_map.json: cls_token: expected an object, found an array");
  check(load("", "", R"({"<t>":"11"})"), errc::invalid_field,
        R"(added_tokens.json: "<t>": expected an id, found "11")");
  check(load("", "", R"({"<t>":11,"<u>":11})"), errc::invalid_vocabulary,
        R"(added_tokens.json: "<u>": id 11 is given twice)");
  check(load("", "", R"({"<t>":20})"), errc::invalid_vocabulary,
        R"(vocab.txt: the added token "<t>" should have id 11, found 20)");
}
