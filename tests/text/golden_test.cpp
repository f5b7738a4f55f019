// Hugging Face's own tokenizer is the oracle: tests/data/tokenizer_golden/generate.py has computed what is expected.
#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/tokenizer.hpp"

using namespace distilbert;

namespace {

// The number of lines that differ from the golden file, the first of them shown.
int differences(const tokenizer& tokenizer, const token_golden& golden, encoding& out) {
  tokenizer.encode(golden.text,
                   {.max_length = unlimited,
                    .add_special_tokens = true,
                    .split_special_tokens = false,
                    .offsets = true,
                    .unit = offset_unit::code_point},
                   out);
  if (out.ids == golden.ids && to_list(out.offsets) == golden.offsets) return 0;
  MESSAGE("differs: " << golden.text);
  return 1;
}

int differences(const tokenizer& tokenizer, const std::string& file, std::size_t lines_expected) {
  const auto lines = read_lines(token_golden_path(file));
  CHECK(lines.size() == lines_expected);
  encoding out;
  int different = 0;
  for (const std::string& line : lines)
    different += differences(tokenizer, read_token_golden(json::parse(line, file).value()), out);
  return different;
}

tokenizer from_tokenizer_json() {
  std::string text;
  for (const auto& line : read_lines(DISTILBERT_TEST_DATA "/tokenizer/tokenizer.json.gz")) text += line + '\n';
  tokenizer_files files;
  files.tokenizer_json = text;
  return tokenizer::from_files(files, "").value();
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// The vocabularies of generate.py, by the same rules.
std::string character_vocabulary() {
  std::string text = small_vocabulary({});
  const auto add = [&](char32_t begin, char32_t end) {
    for (char32_t c = begin; c < end; ++c) {
      const bool white = (c >= 9 && c <= 13) || c == 32 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
                         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
                         c == 0x3000;
      const bool skipped = (c >= 0x4E00 && c < 0xA000) || (c >= 0xAC00 && c < 0xD7A4) || (c >= 0xD800 && c < 0xF900);
      if (white || skipped) continue;
      char bytes[4];
      const std::string token(bytes, utf8::encode(c, bytes));
      text += token + "\n##" + token + '\n';
    }
  };
  add(0, 0x20000), add(0x2F800, 0x2FA20), add(0xE0000, 0xE01F0);
  return text;
}

std::string cased_vocabulary() {
  std::string text = read_file(DISTILBERT_MODELS "/sst2-mini/vocab.txt"), capitals;
  std::istringstream lines(text);
  for (std::string token; std::getline(lines, token);) {
    bool letters = !token.empty();
    for (const char c : token) letters = letters && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    if (!letters) continue;
    if (token[0] >= 'a') token[0] = static_cast<char>(token[0] - 'a' + 'A');
    capitals += token + '\n';
  }
  return text + capitals;
}

// A tokenizer.json with these settings, over the characters' vocabulary.
tokenizer character_tokenizer(const std::string& normalization) {
  static const std::map<std::string, std::string> options = {
      {"uncased", R"("clean_text":true,"handle_chinese_chars":true,"strip_accents":true,"lowercase":true)"},
      {"cased", R"("clean_text":true,"handle_chinese_chars":true,"strip_accents":false,"lowercase":false)"},
      {"accents kept", R"("clean_text":true,"handle_chinese_chars":true,"strip_accents":false,"lowercase":true)"},
      {"accents stripped only",
       R"("clean_text":true,"handle_chinese_chars":true,"strip_accents":true,"lowercase":false)"},
      {"nothing", R"("clean_text":false,"handle_chinese_chars":false,"strip_accents":false,"lowercase":false)"}};
  std::string vocab, added;
  std::istringstream lines(character_vocabulary());
  int id = 0;
  for (std::string token; std::getline(lines, token); ++id) {
    std::string escaped;
    for (const char c : token) {
      char buffer[8];
      const auto byte = static_cast<unsigned char>(c);
      std::snprintf(buffer, sizeof buffer, "\\u%04x", byte);
      escaped += byte < 0x20 || c == '"' || c == '\\' || byte == 0x7F ? std::string(buffer) : std::string(1, c);
    }
    vocab += (id == 0 ? "\"" : ",\"") + escaped + "\":" + std::to_string(id);
    if (id < 5)
      added += (id == 0 ? "" : ",") + std::string(R"({"id":)") + std::to_string(id) + R"(,"content":")" + escaped +
               R"(","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true})";
  }
  const std::string text = R"({"version":"1.0","added_tokens":[)" + added +
                           R"(],"normalizer":{"type":"BertNormalizer",)" + options.at(normalization) +
                           R"(},"pre_tokenizer":{"type":"BertPreTokenizer"},)"
                           R"("post_processor":{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]},)"
                           R"("model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",)"
                           R"("max_input_chars_per_word":100,"vocab":{)" +
                           vocab + "}}}";
  tokenizer_files files;
  files.tokenizer_json = text;
  return tokenizer::from_files(files, "").value();
}

std::string utf8_of(char32_t c) {
  char bytes[4];
  return std::string(bytes, utf8::encode(c, bytes));
}

// Every scalar value in a context, hashed by blocks of 4096 as generate.py does.
void check_scalars(const std::string& normalization, const std::string& context) {
  const tokenizer tokenizer = character_tokenizer(normalization);
  std::string before = "a", after = "b";
  if (context == "accented") before = "", after = "\u0301";
  if (context == "among marks") before = "x\u302e\u0327", after = "\u0301\U0001d165A";
  int lines_found = 0;
  for (const std::string& line : read_lines(token_golden_path("scalars.txt"))) {
    std::string prefix = normalization;
    prefix += ';' + context + ';';
    if (line.compare(0, prefix.size(), prefix) != 0) continue;
    ++lines_found;
    std::istringstream hashes(line.substr(prefix.size()));
    encoding out;
    for (char32_t block = 0; block < 0x110000; block += 4096) {
      std::uint64_t state = 0xCBF29CE484222325;
      const auto add = [&](std::size_t value) { state = (state ^ value) * 0x100000001B3; };
      for (char32_t c = block; c < block + 4096; ++c) {
        if (c >= 0xD800 && c < 0xE000) continue;
        const std::string text = before + utf8_of(c) + after;
        tokenizer.encode(text,
                         {.max_length = unlimited,
                          .add_special_tokens = true,
                          .split_special_tokens = false,
                          .offsets = true,
                          .unit = offset_unit::code_point},
                         out);
        for (std::size_t i = 0; i < out.ids.size(); ++i)
          add(static_cast<std::size_t>(out.ids[i])), add(out.offsets[i].begin), add(out.offsets[i].end);
      }
      char expected[17], found[17];
      std::string word;
      hashes >> word;
      std::snprintf(expected, sizeof expected, "%s", word.c_str());
      std::snprintf(found, sizeof found, "%016llx", static_cast<unsigned long long>(state));
      CAPTURE(static_cast<unsigned>(block));
      CHECK(std::string(found) == expected);
    }
  }
  CHECK(lines_found == 1);
}

}  // namespace

TEST_CASE("SST-2's dev set has the reference's ids and offsets") {
  CHECK(differences(uncased_tokenizer(), "sst2_dev.jsonl.gz", 872) == 0);
}

TEST_CASE("naughty strings have the reference's ids and offsets") {
  CHECK(differences(uncased_tokenizer(), "blns.jsonl.gz", 515) == 0);
}

TEST_CASE("every emoji has the reference's ids and offsets") {
  CHECK(differences(uncased_tokenizer(), "emoji.jsonl.gz", 4733) == 0);
}

TEST_CASE("Unicode's normalisation tests have the reference's ids and offsets") {
  CHECK(differences(uncased_tokenizer(), "normtest.jsonl.gz", 36482) == 0);
}

TEST_CASE("tokenizer.json alone gives the same as vocab.txt") {
  const tokenizer tokenizer = from_tokenizer_json();
  CHECK(tokenizer.source() == "tokenizer.json");
  CHECK(tokenizer.vocab_size() == uncased_tokenizer().vocab_size());
  CHECK(differences(tokenizer, "blns.jsonl.gz", 515) == 0);
  CHECK(differences(tokenizer, "sst2_dev.jsonl.gz", 872) == 0);
}

TEST_CASE("a cased vocabulary gives the reference's ids and offsets") {
  const std::string vocab = cased_vocabulary();
  tokenizer_files files;
  files.vocab_txt = vocab;
  files.tokenizer_config_json = R"({"do_lower_case":false})";
  const tokenizer tokenizer = tokenizer::from_files(files, "").value();
  CHECK(!tokenizer.lowercase());
  CHECK(!tokenizer.strip_accents());
  CHECK(differences(tokenizer, "cased.jsonl.gz", 1715) == 0);
}

TEST_CASE("mixtures of marks and broken UTF-8 are normalised and aligned as by the reference") {
  std::map<std::string, tokenizer> tokenizers;
  encoding out;
  int lines = 0, different = 0;
  for (const std::string& line : read_lines(token_golden_path("mixtures.jsonl.gz"))) {
    const auto v = json::parse(line, "mixtures").value();
    const std::string& normalization = v.find("normalization")->string;
    auto place = tokenizers.find(normalization);
    if (place == tokenizers.end()) place = tokenizers.emplace(normalization, character_tokenizer(normalization)).first;
    different += differences(place->second, read_token_golden(v), out);
    ++lines;
  }
  CHECK(lines == 2000);
  CHECK(different == 0);
}

TEST_CASE("random tokenizer directories are understood as AutoTokenizer understands them") {
  encoding out;
  int directories = 0, different = 0;
  for (const std::string& line : read_lines(token_golden_path("tokenizer_files.jsonl.gz"))) {
    const auto v = json::parse(line, "tokenizer_files").value();
    tokenizer_files files;
    for (const auto& [name, content] : v.find("files")->members) {
      if (name == "tokenizer.json") files.tokenizer_json = content.string;
      if (name == "vocab.txt") files.vocab_txt = content.string;
      if (name == "tokenizer_config.json") files.tokenizer_config_json = content.string;
      if (name == "special_tokens_map.json") files.special_tokens_map_json = content.string;
      if (name == "added_tokens.json") files.added_tokens_json = content.string;
    }
    const auto tokenizer = tokenizer::from_files(files, "");
    REQUIRE_MESSAGE(tokenizer.has_value(), tokenizer.error().message);
    CAPTURE(directories);
    for (const auto& c : v.find("cases")->items) different += differences(*tokenizer, read_token_golden(c), out);
    ++directories;
  }
  CHECK(directories == 100);
  CHECK(different == 0);
}

TEST_CASE("every scalar value between letters, uncased") { check_scalars("uncased", "between"); }
TEST_CASE("every scalar value with an accent, uncased") { check_scalars("uncased", "accented"); }
TEST_CASE("every scalar value among marks, uncased") { check_scalars("uncased", "among marks"); }
TEST_CASE("every scalar value between letters, cased") { check_scalars("cased", "between"); }
TEST_CASE("every scalar value between letters, accents kept") { check_scalars("accents kept", "between"); }
TEST_CASE("every scalar value between letters, only accents stripped") {
  check_scalars("accents stripped only", "between");
}
TEST_CASE("every scalar value between letters, nothing normalised") { check_scalars("nothing", "between"); }

TEST_CASE("offsets in bytes and UTF-16 units are those in code points, converted") {
  encoding code_points, bytes, utf16;
  for (const std::string file : {"emoji.jsonl.gz", "blns.jsonl.gz", "mixtures.jsonl.gz"}) {
    for (const std::string& line : read_lines(token_golden_path(file))) {
      const token_golden golden = read_token_golden(json::parse(line, file).value());
      // The byte and the UTF-16 unit at which each code point begins, and the ends.
      std::vector<std::size_t> byte_at, utf16_at;
      std::size_t units = 0, position = 0;
      while (position < golden.text.size()) {
        byte_at.push_back(position), utf16_at.push_back(units);
        const auto d = utf8::decode(golden.text, position);
        position += d.length, units += d.scalar > 0xFFFF ? 2U : 1U;
      }
      byte_at.push_back(position), utf16_at.push_back(units);
      encode_options options;
      options.offsets = true;
      uncased_tokenizer().encode(golden.text, options, bytes);
      options.unit = offset_unit::utf16;
      uncased_tokenizer().encode(golden.text, options, utf16);
      options.unit = offset_unit::code_point;
      uncased_tokenizer().encode(golden.text, options, code_points);
      bool same = bytes.ids == code_points.ids && utf16.ids == code_points.ids;
      for (std::size_t i = 0; same && i < code_points.offsets.size(); ++i) {
        const token_offsets& o = code_points.offsets[i];
        same = bytes.offsets[i] == token_offsets{byte_at[o.begin], byte_at[o.end]} &&
               utf16.offsets[i] == token_offsets{utf16_at[o.begin], utf16_at[o.end]};
      }
      CHECK_MESSAGE(same, golden.text);
    }
  }
}
