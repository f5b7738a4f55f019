#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/text/encoder.hpp"
#include "distilbert/text/tokenizer_config.hpp"
#include "distilbert/text/tokenizer_json.hpp"
#include "distilbert/text/vocabulary.hpp"

namespace distilbert {

/// The contents of a tokenizer's files. Empty: the file is absent. tokenizer.json or vocab.txt must be there.
struct tokenizer_files {
  std::string_view tokenizer_json;           ///< tokenizer.json: vocabulary, added tokens and all steps
  std::string_view vocab_txt;                ///< vocab.txt: a token a line
  std::string_view tokenizer_config_json;    ///< tokenizer_config.json: how text is normalised, and its greatest length
  std::string_view special_tokens_map_json;  ///< special_tokens_map.json: which tokens are special
  std::string_view added_tokens_json;        ///< added_tokens.json: tokens beyond the vocabulary
};

namespace detail {

/// Everything that the files decide.
struct loaded_tokenizer {
  tokenizer_stages stages;
  std::optional<std::int32_t> cls_id, sep_id, pad_id, mask_id;
  std::optional<std::size_t> model_max_length;
  std::string_view source;  ///< the file that the vocabulary is from
};

/// Brings the files together as Transformers' AutoTokenizer does:
/// - The vocabulary is tokenizer.json's; without that file, vocab.txt's.
/// - For the BERT classes, and where no class is named, tokenizer_config.json decides how text is normalised
///   (do_lower_case is true unless it says otherwise) and which tokens frame it; tokenizer.json's settings do not
///   count.
/// - For PreTrainedTokenizerFast, and for a tokenizer.json without a tokenizer_config.json, tokenizer.json decides.
/// - Added tokens: tokenizer.json's, or those of tokenizer_config.json's added_tokens_decoder, or added_tokens.json's;
///   then the special tokens that the configuration names.
class tokenizer_assembly {
 public:
  tokenizer_assembly(const tokenizer_files& files, std::string_view where, loaded_tokenizer& out)
      : files_(files), where_(where), out_(out) {}

  [[gnu::cold]] std::optional<error> run() {
    const std::string config_file = path("tokenizer_config.json"), map_file = path("special_tokens_map.json"),
                      added_file = path("added_tokens.json"), json_file = path("tokenizer.json"),
                      vocab_file = path("vocab.txt");
    tokenizer_config_reader reader(config_);
    auto fault = reader.read_config({files_.tokenizer_config_json, config_file});
    if (!fault) fault = reader.read_special_tokens_map({files_.special_tokens_map_json, map_file});
    if (!fault) fault = reader.read_added_tokens({files_.added_tokens_json, added_file});
    if (fault) return fault;

    tokenizer_json json;
    const bool with_json = !files_.tokenizer_json.empty();
    if (with_json) {
      if ((fault = json.parse(files_.tokenizer_json, json_file))) return fault;
      source_file_ = json_file;
      out_.source = "tokenizer.json";
    } else if (config_.family == tokenizer_family::generic) {
      return error{errc::file_not_found, json_file +
                                             ": no such file, but tokenizer_config.json names a class that "
                                             "has no other vocabulary"};
    } else {
      // An empty file is an empty vocabulary; whether there is one at all, load() knows.
      auto tokens = vocabulary::parse(files_.vocab_txt, vocab_file);
      if (!tokens) return std::move(tokens).error();
      out_.stages.tokens = *std::move(tokens);
      source_file_ = vocab_file;
      out_.source = "vocab.txt";
    }
    if (config_.truncates_left.value_or(json.truncates_left))
      return error{errc::unsupported_tokenizer,
                   concat({config_.truncates_left ? config_file : json_file,
                           config_.truncates_left ? ": truncation_side" : ": truncation.direction",
                           ": expected right, found left"})};
    const bool generic =
        config_.family == tokenizer_family::generic || (config_.family == tokenizer_family::unspecified && with_json);
    std::vector<added_token> first;
    if (with_json) {
      out_.stages.tokens = std::move(json.tokens);
      if (!config_.has_decoder)
        for (const added_token& token : json.added) insert_by_id(config_.declared, token);
      if (generic) first = json.added;
    }
    fault = generic ? set_generic(json) : set_bert();
    if (!fault) fault = add_tokens(first);
    if (!fault) fault = finish(generic);
    return fault;
  }

 private:
  std::string path(std::string_view name) const { return concat({where_, where_.empty() ? "" : "/", name}); }
  [[gnu::cold]] error invalid_vocabulary(std::initializer_list<detail::piece> parts) const {
    return {errc::invalid_vocabulary, concat({source_file_, ": ", concat(parts)})};
  }

  [[gnu::cold]] std::optional<error> set_pieces(const std::string& unknown, std::string_view prefix,
                                                std::size_t max_chars) {
    const auto id = out_.stages.tokens.id(unknown);
    if (!id) return invalid_vocabulary({"expected the unknown token \"", unknown, "\" in the vocabulary, found none"});
    out_.stages.pieces = wordpiece(out_.stages.tokens, *id, prefix, max_chars);
    return std::nullopt;
  }

  [[gnu::cold]] std::optional<error> set_generic(const tokenizer_json& json) {
    out_.stages.normalizer = json.normalizer;
    out_.stages.frame = json.frame;
    return set_pieces(json.unknown_token, json.continuing_prefix, json.max_chars_per_word);
  }

  [[gnu::cold]] std::optional<error> set_bert() {
    // What BertTokenizer calls its special tokens unless the configuration says otherwise.
    static constexpr std::pair<std::string_view, std::string_view> defaults[] = {{"unk_token", "[UNK]"},
                                                                                 {"sep_token", "[SEP]"},
                                                                                 {"pad_token", "[PAD]"},
                                                                                 {"cls_token", "[CLS]"},
                                                                                 {"mask_token", "[MASK]"}};
    for (const auto& [name, content] : defaults) {
      if (config_.find(name) != nullptr || std::count(config_.without.begin(), config_.without.end(), name) != 0)
        continue;
      named_token token{std::string(name), {}};
      token.token.content = content;
      token.token.special = true;
      config_.named.push_back(std::move(token));
    }
    out_.stages.normalizer = {true, config_.tokenize_chinese_chars,
                              config_.strip_accents.value_or(config_.do_lower_case), config_.do_lower_case};
    for (const std::string_view name : {"cls_token", "sep_token", "unk_token"}) {
      const named_token* named = config_.find(name);
      if (named == nullptr)
        return error{errc::invalid_field,
                     concat({path("tokenizer_config.json"), ": ", name, ": expected a token, found null"})};
      const auto id = out_.stages.tokens.id(named->token.content);
      if (!id)
        return invalid_vocabulary(
            {"expected the ", name, " \"", named->token.content, "\" in the vocabulary, found none"});
      if (name == "cls_token") out_.stages.frame.before.push_back(*id);
      if (name == "sep_token") out_.stages.frame.after.push_back(*id);
    }
    return set_pieces(config_.find("unk_token")->token.content, "##", 100);
  }

  // Adds or, for a content that is known, redefines. Ids are the vocabulary's or follow it, whatever was declared.
  [[gnu::cold]] std::optional<error> add(added_token token) {
    if (token.content.empty()) return std::nullopt;
    const auto same = std::find_if(added_.begin(), added_.end(),
                                   [&](const added_token& other) { return other.content == token.content; });
    const std::int32_t declared = token.id;
    token.id = same != added_.end() ? same->id : out_.stages.tokens.id(token.content).value_or(next_id_);
    if (declared >= 0 && declared != token.id)
      return invalid_vocabulary(
          {"the added token \"", token.content, "\" should have id ", token.id, ", found ", declared});
    if (token.id == next_id_) ++next_id_;
    if (same == added_.end()) {
      insert_by_id(added_, std::move(token));
    } else {
      token.special = token.special || same->special;
      *same = std::move(token);
    }
    return std::nullopt;
  }

  [[gnu::cold]] std::optional<error> add_tokens(const std::vector<added_token>& first) {
    next_id_ = static_cast<std::int32_t>(out_.stages.tokens.size());
    for (const added_token& token : first)
      if (auto fault = add(token)) return fault;
    const auto is_named = [&](const added_token& token) {
      return std::any_of(config_.named.begin(), config_.named.end(),
                         [&](const named_token& n) { return n.token.content == token.content; });
    };
    for (added_token& token : config_.declared) {
      token.special = token.special || is_named(token);
      if (auto fault = add(std::move(token))) return fault;
    }
    // What was declared stays as it is; among the rest, the later of two with the same content counts.
    const std::vector<added_token> settled = added_;
    const auto add_unsettled = [&](added_token token) -> std::optional<error> {
      token.special = token.special || is_named(token);
      const bool is_settled =
          std::any_of(settled.begin(), settled.end(), [&](const added_token& t) { return t.content == token.content; });
      return is_settled ? std::nullopt : add(std::move(token));
    };
    for (const std::string_view name : special_token_names)
      if (const named_token* n = config_.find(name))
        if (auto fault = add_unsettled(n->token)) return fault;
    for (const named_token& n : config_.named)
      if (std::count(special_token_names.begin(), special_token_names.end(), n.name) == 0)
        if (auto fault = add_unsettled(n.token)) return fault;
    for (const added_token& token : config_.extra.empty() ? config_.additional : config_.extra)
      if (auto fault = add_unsettled(token)) return fault;
    return std::nullopt;
  }

  [[gnu::cold]] std::optional<error> finish(bool generic) {
    for (const auto* ids : {&out_.stages.frame.before, &out_.stages.frame.after})
      for (const std::int32_t id : *ids)
        if (id >= next_id_)
          return invalid_vocabulary({"post_processor: id ", id, " is not below ", next_id_, ", the number of tokens"});
    const auto id_of = [&](std::string_view name, std::string_view otherwise) -> std::optional<std::int32_t> {
      const named_token* named = config_.find(name);
      if (named == nullptr && !generic) return std::nullopt;
      const std::string_view content = named != nullptr ? std::string_view(named->token.content) : otherwise;
      for (const added_token& token : added_)
        if (token.content == content) return token.id;
      return out_.stages.tokens.id(content);
    };
    out_.cls_id = id_of("cls_token", "[CLS]");
    out_.sep_id = id_of("sep_token", "[SEP]");
    out_.pad_id = id_of("pad_token", "[PAD]");
    out_.mask_id = id_of("mask_token", "[MASK]");
    auto added = added_tokens::build(std::move(added_), out_.stages.normalizer, source_file_);
    if (!added) return std::move(added).error();
    tokenizer_stages& stages = out_.stages;
    stages.added = *std::move(added);
    stages.bytes = byte_classes(stages.normalizer);
    for (std::size_t byte = 0; byte < 256; ++byte)
      if (stages.added.may_begin_with(static_cast<unsigned char>(byte))) stages.bytes.mark_added_token(byte);
    stages.split_special_tokens = config_.split_special_tokens;
    out_.model_max_length = config_.model_max_length;
    return std::nullopt;
  }

  const tokenizer_files& files_;
  std::string_view where_;
  loaded_tokenizer& out_;
  tokenizer_config config_;
  std::string source_file_;
  std::vector<added_token> added_;
  std::int32_t next_id_ = 0;
};

}  // namespace detail

}  // namespace distilbert
