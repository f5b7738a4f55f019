#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/json.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/text/added_tokens.hpp"
#include "distilbert/text/json_fields.hpp"
#include "distilbert/text/normalizer.hpp"
#include "distilbert/text/post_processor.hpp"
#include "distilbert/text/vocabulary.hpp"

namespace distilbert::detail {

/// What a tokenizer.json says, in the terms of our stages. A tokenizer of another kind is refused by the name of what
/// is different about it. `truncation` and `padding` are read by none: Transformers sets both anew for every call.
struct tokenizer_json {
  vocabulary tokens;
  std::string unknown_token, continuing_prefix;
  std::size_t max_chars_per_word = 100;
  normalizer_options normalizer;
  post_processor frame;
  std::vector<added_token> added;
  bool truncates_left = false;

  /// Fills this. Errors: invalid_json, missing_field, invalid_field, invalid_vocabulary, unsupported_tokenizer.
  std::optional<error> parse(std::string_view text, std::string_view file);
};

/// An added token as it is written in tokenizer.json and tokenizer_config.json. With `strict`, every field must be
/// there; otherwise what is missing is as Python's AddedToken has it. `special` makes the token so in any case.
[[gnu::cold]] inline added_token read_added_token(json_fields& fields, bool strict, bool special = false) {
  added_token token;
  token.content = fields.need_string("content");
  const auto flag = [&](std::string_view name, bool otherwise) {
    return strict ? fields.need_boolean(name) : fields.boolean(name).value_or(otherwise);
  };
  token.special = flag("special", false) || special;
  token.single_word = flag("single_word", false);
  token.lstrip = flag("lstrip", false);
  token.rstrip = flag("rstrip", false);
  token.normalized = flag("normalized", !token.special);
  return token;
}

// Reads the sections one by one into `out`; each leaves its first fault behind.
class tokenizer_json_reader {
 public:
  tokenizer_json_reader(const json::value& root, std::string_view file, tokenizer_json& out)
      : root_(root, file, "", fault_), file_(file), out_(out) {}

  [[gnu::cold]] std::optional<error> run() {
    if (!fault_) read_version();
    if (!fault_) read_model();
    if (!fault_) read_normalizer();
    if (!fault_) read_pre_tokenizer();
    if (!fault_) read_post_processor();
    if (!fault_) read_added_tokens();
    if (!fault_) read_truncation();
    return std::move(fault_);
  }

 private:
  static std::string quoted(std::string_view name) { return concat({"\"", name, "\""}); }
  [[gnu::cold]] void unsupported(std::string_view at, std::string_view expected, std::string_view found) {
    root_.refuse(errc::unsupported_tokenizer, at, {"expected ", expected, ", found ", found});
  }

  [[gnu::cold]] void read_version() {
    const auto version = root_.string("version");
    if (version && *version != "1.0") unsupported("version", "\"1.0\"", quoted(*version));
  }

  [[gnu::cold]] void read_model() {
    json_fields model = root_.need_members("model");
    if (fault_) return;
    // Older files do not name the type; among the models only WordPiece has this prefix and no merges.
    const auto type = model.string("type");
    if (type && *type != "WordPiece") return unsupported("model.type", "\"WordPiece\"", quoted(*type));
    if (!type && (model.find("merges") != nullptr || model.find("continuing_subword_prefix") == nullptr))
      return unsupported("model", "a WordPiece model", "one of another kind");
    out_.unknown_token = model.need_string("unk_token");
    out_.continuing_prefix = model.need_string("continuing_subword_prefix");
    out_.max_chars_per_word = static_cast<std::size_t>(model.need_integer("max_input_chars_per_word"));
    const json_fields vocab = model.need_members("vocab");
    std::vector<std::pair<std::string_view, std::uint64_t>> tokens;
    tokens.reserve(vocab.object().members.size());
    for (const json::member& m : vocab.object().members) {
      if (!m.value.is(json::value::kind::unsigned_integer)) {
        model.expected("an id", m.value, vocab.path(quoted(m.name)));
        break;
      }
      tokens.emplace_back(m.name, m.value.integer);
    }
    if (fault_) return;
    auto built = vocabulary::build(tokens, concat({file_, ": model.vocab"}));
    if (!built) {
      fault_ = std::move(built).error();
      return;
    }
    out_.tokens = *std::move(built);
  }

  [[gnu::cold]] void read_normalizer() {
    if (root_.find("normalizer") == nullptr) {
      out_.normalizer = {false, false, false, false};
      return;
    }
    json_fields normalizer = root_.need_members("normalizer");
    const std::string type = normalizer.need_string("type");
    if (fault_) return;
    if (type != "BertNormalizer") return unsupported("normalizer.type", "\"BertNormalizer\"", quoted(type));
    out_.normalizer.clean_text = normalizer.need_boolean("clean_text");
    out_.normalizer.handle_chinese_chars = normalizer.need_boolean("handle_chinese_chars");
    out_.normalizer.lowercase = normalizer.need_boolean("lowercase");
    out_.normalizer.strip_accents = normalizer.boolean("strip_accents").value_or(out_.normalizer.lowercase);
  }

  [[gnu::cold]] void read_pre_tokenizer() {
    if (root_.find("pre_tokenizer") == nullptr) return unsupported("pre_tokenizer", "\"BertPreTokenizer\"", "none");
    json_fields pre_tokenizer = root_.need_members("pre_tokenizer");
    const std::string type = pre_tokenizer.need_string("type");
    if (!fault_ && type != "BertPreTokenizer") unsupported("pre_tokenizer.type", "\"BertPreTokenizer\"", quoted(type));
  }

  [[gnu::cold]] void read_post_processor() {
    if (root_.find("post_processor") == nullptr) return;
    json_fields processor = root_.need_members("post_processor");
    const std::string type = processor.need_string("type");
    if (fault_) return;
    if (type == "BertProcessing") {
      read_bert_pair(processor, "cls", out_.frame.before);
      read_bert_pair(processor, "sep", out_.frame.after);
    } else if (type == "TemplateProcessing") {
      read_template(processor);
    } else {
      unsupported("post_processor.type", "\"TemplateProcessing\" or \"BertProcessing\"", quoted(type));
    }
  }

  [[gnu::cold]] void read_bert_pair(json_fields& processor, std::string_view name, std::vector<std::int32_t>& ids) {
    const json::value* pair = processor.array(name);
    if (fault_) return;
    if (pair == nullptr || pair->items.size() != 2)
      return processor.refuse(errc::invalid_field, processor.path(name), {"expected [token, id]"});
    add_id(pair->items[1], processor, processor.path(name), ids);
  }

  [[gnu::cold]] void add_id(const json::value& id, json_fields& fields, const std::string& at,
                            std::vector<std::int32_t>& ids) {
    if (!id.is(json::value::kind::unsigned_integer)) return fields.expected("an id", id, at);
    if (id.integer > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
      return fields.refuse(errc::invalid_vocabulary, at, {"id ", id.integer, " is out of range"});
    ids.push_back(static_cast<std::int32_t>(id.integer));
  }

  // Only "special tokens, the text, special tokens" can be put around one text.
  [[gnu::cold]] void read_template(json_fields& processor) {
    const json::value* single = processor.array("single");
    json_fields specials = processor.need_members("special_tokens");
    if (fault_) return;
    const std::string at = processor.path("single");
    bool text_seen = false;
    if (single == nullptr) return processor.refuse(errc::missing_field, at, {"expected an array, found none"});
    for (const json::value& piece : single->items) {
      json_fields fields(piece, file_, at, fault_);
      if (fault_) return;
      if (fields.find("Sequence") != nullptr) {
        const std::string id = fields.need_members("Sequence").need_string("id");
        if (!fault_ && (text_seen || id != "A")) return unsupported(at, "the sequence A once", "another");
        text_seen = true;
        continue;
      }
      const std::string name = fields.need_members("SpecialToken").need_string("id");
      if (fault_) return;
      json_fields token = specials.need_members(name);
      const json::value* ids = token.array("ids");
      if (fault_) return;
      if (ids == nullptr) return token.refuse(errc::missing_field, token.path("ids"), {"expected ids, found none"});
      for (const json::value& id : ids->items)
        add_id(id, token, token.path("ids"), text_seen ? out_.frame.after : out_.frame.before);
    }
    if (!fault_ && !text_seen) unsupported(at, "the sequence A once", "none");
  }

  [[gnu::cold]] void read_added_tokens() {
    const json::value* tokens = root_.array("added_tokens");
    if (tokens == nullptr) return;
    for (std::size_t i = 0; i < tokens->items.size(); ++i) {
      json_fields fields(tokens->items[i], file_, concat({"added_tokens[", i, "]"}), fault_);
      if (fault_) return;
      added_token token = read_added_token(fields, true);
      const std::uint64_t id = fields.need_integer("id");
      if (fault_) return;
      if (id > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
        return fields.refuse(errc::invalid_vocabulary, fields.path("id"), {id, " is out of range"});
      token.id = static_cast<std::int32_t>(id);
      out_.added.push_back(std::move(token));
    }
  }

  [[gnu::cold]] void read_truncation() {
    if (root_.find("truncation") == nullptr) return;
    json_fields truncation = root_.need_members("truncation");
    out_.truncates_left = truncation.string("direction").value_or("Right") == "Left";
  }

  std::optional<error> fault_;
  json_fields root_;
  std::string_view file_;
  tokenizer_json& out_;
};

[[gnu::cold]] inline std::optional<error> tokenizer_json::parse(std::string_view text, std::string_view file) {
  const auto root = json::parse(text, file);
  if (!root) return root.error();
  return tokenizer_json_reader(*root, file, *this).run();
}

}  // namespace distilbert::detail
