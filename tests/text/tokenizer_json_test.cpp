#include "distilbert/text/tokenizer_json.hpp"

#include <doctest/doctest.h>

#include <string>

#include "distilbert/text/tokenizer.hpp"

using namespace distilbert;

namespace {

// A small valid file; replacing `from` by `to` makes a variant of it.
std::string file(const std::string& from = "", const std::string& to = "") {
  std::string text = R"({"version":"1.0","truncation":null,"padding":null,"added_tokens":[)"
                     R"({"id":2,"content":"[SEP]","single_word":false,"lstrip":false,"rstrip":false,)"
                     R"("normalized":false,"special":true}],)"
                     R"("normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,)"
                     R"("strip_accents":null,"lowercase":false},"pre_tokenizer":{"type":"BertPreTokenizer"},)"
                     R"("post_processor":{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]},)"
                     R"("model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",)"
                     R"("max_input_chars_per_word":100,"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3}}})";
  if (from.empty()) return text;
  const std::size_t place = text.find(from);
  REQUIRE(place != std::string::npos);
  return text.replace(place, from.size(), to);
}

error failure(const std::string& text) {
  tokenizer_files files;
  files.tokenizer_json = text;
  const auto loaded = tokenizer::from_files(files, "dir");
  REQUIRE(!loaded);
  return loaded.error();
}

void check(const std::string& from, const std::string& to, errc code, const std::string& message) {
  const error e = failure(file(from, to));
  CHECK(to_string(e.code) == to_string(code));
  CHECK(e.message == "dir/tokenizer.json: " + message);
}

}  // namespace

TEST_CASE("a valid file loads, and speaks for itself when it is alone") {
  const std::string text = file();
  tokenizer_files files;
  files.tokenizer_json = text;
  const auto t = tokenizer::from_files(files, "").value();
  CHECK(t.vocab_size() == 4);
  CHECK(!t.lowercase());
  CHECK(!t.strip_accents());
  CHECK(t.cls_id() == 1);
  CHECK(t.unk_id() == 0);
  encoding out;
  t.encode("a[SEP]A", {}, out);
  CHECK(out.ids == std::vector<std::int32_t>{1, 3, 2, 0, 2});
}

TEST_CASE("a tokenizer of another kind is refused by name") {
  const errc code = errc::unsupported_tokenizer;
  check("WordPiece", "BPE", code, R"(model.type: expected "WordPiece", found "BPE")");
  check(R"("type":"WordPiece",)", R"("merges":[],)", code,
        "model: expected a WordPiece model, found one of another kind");
  check("BertNormalizer", "Sequence", code, R"(normalizer.type: expected "BertNormalizer", found "Sequence")");
  check("BertPreTokenizer", "Whitespace", code,
        R"(pre_tokenizer.type: expected "BertPreTokenizer", found "Whitespace")");
  check(R"({"type":"BertPreTokenizer"})", "null", code, R"(pre_tokenizer: expected "BertPreTokenizer", found none)");
  check("BertProcessing", "ByteLevel", code,
        R"(post_processor.type: expected "TemplateProcessing" or "BertProcessing", found "ByteLevel")");
  check("1.0", "2.0", code, R"(version: expected "1.0", found "2.0")");
  check(R"("truncation":null)", R"("truncation":{"direction":"Left"})", code,
        "truncation.direction: expected right, found left");
}

TEST_CASE("a template around the text is read, one of another shape refused") {
  const std::string bert = R"({"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]})";
  const std::string sequence = R"({"Sequence":{"id":"A","type_id":0}})", sep = R"({"SpecialToken":{"id":"S"}})";
  const auto with = [&](const std::string& single) {
    return R"({"type":"TemplateProcessing","single":[)" + single +
           R"(],"special_tokens":{"S":{"id":"S","ids":[2,1],"tokens":["[SEP]","[CLS]"]}}})";
  };
  const std::string text = file(bert, with(sequence + "," + sep));
  tokenizer_files files;
  files.tokenizer_json = text;
  encoding out;
  tokenizer::from_files(files, "").value().encode("a", {}, out);
  CHECK(out.ids == std::vector<std::int32_t>{3, 2, 1});
  check(bert, with(sep), errc::unsupported_tokenizer,
        "post_processor.single: expected the sequence A once, found none");
  check(bert, with(sequence + "," + sequence), errc::unsupported_tokenizer,
        "post_processor.single: expected the sequence A once, found another");
  check(bert, with(sequence + R"(,{"SpecialToken":{"id":"T"}})"), errc::missing_field,
        "post_processor.special_tokens.T: expected a value, found none");
  check("\"[SEP]\",2]", "\"[SEP]\",4]", errc::invalid_vocabulary,
        "post_processor: id 4 is not below 4, the number of tokens");
}

TEST_CASE("no post-processor adds no special tokens") {
  const std::string text = file(R"({"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]})", "null");
  tokenizer_files files;
  files.tokenizer_json = text;
  encoding out;
  tokenizer::from_files(files, "").value().encode("a", {}, out);
  CHECK(out.ids == std::vector<std::int32_t>{3});
}

TEST_CASE("malformed fields are named with what was expected and found") {
  const errc type = errc::invalid_field, missing = errc::missing_field;
  check(R"("lowercase":false)", R"("lowercase":"no")", type, R"(normalizer.lowercase: expected a boolean, found "no")");
  check(R"(,"lowercase":false)", "", missing, "normalizer.lowercase: expected a value, found none");
  check(R"("type":"BertNormalizer",)", "", missing, "normalizer.type: expected a value, found none");
  check(R"("unk_token":"[UNK]",)", "", missing, "model.unk_token: expected a value, found none");
  check(R"("max_input_chars_per_word":100)", R"("max_input_chars_per_word":-1)", type,
        "model.max_input_chars_per_word: expected an integer of at least 0, found a negative integer");
  check(R"("a":3)", R"("a":"3")", type, R"(model.vocab."a": expected an id, found "3")");
  check(R"("single_word":false,)", "", missing, "added_tokens[0].single_word: expected a value, found none");
  check(R"("sep":["[SEP]",2])", R"("sep":["[SEP]"])", type, "post_processor.sep: expected [token, id]");
  check(R"("normalizer":{)", R"("normalizer":[{}],"x":{)", type, "normalizer: expected an object, found an array");
}

TEST_CASE("malformed vocabularies are refused") {
  const errc code = errc::invalid_vocabulary;
  check(R"("[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3)", "", code, "model.vocab: expected a vocabulary, found no token");
  check(R"("a":3)", R"("a":2)", code, R"(model.vocab: id 2 is given to both "[SEP]" and "a")");
  check(R"("a":3)", R"("a":9)", code,
        R"(model.vocab: token "a": expected an id below 4, the number of tokens, found 9)");
  check(R"("[UNK]":0)", R"("UNK":0)", code, R"(expected the unknown token "[UNK]" in the vocabulary, found none)");
  check(R"({"id":2,)", R"({"id":3,)", code, R"(the added token "[SEP]" should have id 2, found 3)");
  CHECK(failure(file(R"("a":3)", R"("[SEP]":3)")).code == errc::invalid_json);
}

TEST_CASE("a file cut at any byte is refused") {
  const std::string text = file();
  for (std::size_t size = 1; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK(failure(text.substr(0, size)).code == errc::invalid_json);
  }
}

TEST_CASE("the root must be an object with a model") {
  CHECK(failure("[]").message == "dir/tokenizer.json: expected an object, found an array");
  CHECK(failure("{}").code == errc::missing_field);
}
