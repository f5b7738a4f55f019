#pragma once
#include <algorithm>
#include <array>
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
#include "distilbert/text/tokenizer_json.hpp"

namespace distilbert::detail {

/// A special token as a configuration names it.
struct named_token {
  std::string name;  // "cls_token"
  added_token token;
};

/// The class that Transformers would make of a directory.
enum class tokenizer_family {
  unspecified,
  bert,     ///< BertTokenizer, DistilBertTokenizer: settings from tokenizer_config.json, vocabulary from either file
  generic,  ///< PreTrainedTokenizerFast, TokenizersBackend: what tokenizer.json says
};

/// What tokenizer_config.json, special_tokens_map.json and added_tokens.json say together.
///
/// Keys without influence on a fast tokenizer (never_split, do_basic_tokenize, padding_side ...) are not read.
/// Source: transformers tokenization_utils_base.py, PreTrainedTokenizerBase._from_pretrained.
struct tokenizer_config {
  tokenizer_family family = tokenizer_family::unspecified;
  bool do_lower_case = true;
  bool tokenize_chinese_chars = true;
  std::optional<bool> strip_accents;
  bool split_special_tokens = false;
  std::optional<bool> truncates_left;
  std::optional<std::size_t> model_max_length;
  /// By the order in which Transformers adds them to a vocabulary that lacks them.
  std::vector<named_token> named;
  /// Names that are null: the family's default token of that name is not wanted.
  std::vector<std::string> without;
  std::vector<added_token> extra;       // extra_special_tokens
  std::vector<added_token> additional;  // the older name of the same; counts where the newer one is absent
  /// added_tokens_decoder is there: the two other files and tokenizer.json's added tokens are not looked at.
  bool has_decoder = false;
  std::vector<added_token> declared;  // by added_tokens_decoder, else by added_tokens.json; no id twice

  const named_token* find(std::string_view name) const noexcept {
    for (const named_token& n : named)
      if (n.name == name) return &n;
    return nullptr;
  }
};

inline constexpr std::array<std::string_view, 7> special_token_names = {
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};

/// An id of a file, which may be any number: what no vocabulary can hold stays what no vocabulary can hold.
inline std::int32_t to_id(std::uint64_t number) noexcept {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
  return static_cast<std::int32_t>(std::min(number, most));
}

/// Puts a token into a list that is ordered by id, in place of the one with its id. False when there was one.
[[gnu::cold]] inline bool insert_by_id(std::vector<added_token>& tokens, added_token token) {
  std::size_t place = tokens.size();
  while (place > 0 && tokens[place - 1].id > token.id) --place;
  if (place > 0 && tokens[place - 1].id == token.id) return tokens[place - 1] = std::move(token), false;
  tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(place), std::move(token));
  return true;
}

// A file of the three and how messages call it; empty text: absent.
struct named_text {
  std::string_view text, file;
};

class tokenizer_config_reader {
 public:
  explicit tokenizer_config_reader(tokenizer_config& out) : out_(out) {}

  [[gnu::cold]] std::optional<error> read_config(const named_text& source) {
    return read(source, [&](json_fields& root) {
      read_family(root);
      out_.do_lower_case = root.boolean("do_lower_case").value_or(true);
      out_.tokenize_chinese_chars = root.boolean("tokenize_chinese_chars").value_or(true);
      out_.strip_accents = root.boolean("strip_accents");
      out_.split_special_tokens = root.boolean("split_special_tokens").value_or(false);
      if (const auto side = root.string("truncation_side")) {
        if (*side != "left" && *side != "right")
          root.expected("\"right\" or \"left\"", *root.find("truncation_side"), root.path("truncation_side"));
        out_.truncates_left = *side == "left";
      }
      read_max_length(root);
      read_names(root);
      if (out_.extra.empty()) out_.extra.swap(out_.additional);
      read_decoder(root);
    });
  }

  [[gnu::cold]] std::optional<error> read_special_tokens_map(const named_text& source) {
    if (out_.has_decoder) return std::nullopt;
    objects_are_special_ = true;
    return read(source, [&](json_fields& root) { read_names(root); });
  }

  [[gnu::cold]] std::optional<error> read_added_tokens(const named_text& source) {
    if (out_.has_decoder) return std::nullopt;
    return read(source, [&](json_fields& root) {
      for (const json::member& m : root.object().members) {
        if (!m.value.is(json::value::kind::unsigned_integer))
          return root.expected("an id", m.value, concat({"\"", m.name, "\""}));
        added_token token;
        token.content = m.name;
        for (const named_token& n : out_.named) token.special = token.special || n.token.content == m.name;
        for (const added_token& e : out_.extra) token.special = token.special || e.content == m.name;
        token.normalized = !token.special;
        token.id = to_id(m.value.integer);
        const std::string id = std::to_string(token.id);
        if (!insert_by_id(out_.declared, std::move(token)))
          return root.refuse(errc::invalid_vocabulary, concat({"\"", m.name, "\""}), {"id ", id, " is given twice"});
      }
    });
  }

 private:
  template <class Read>
  [[gnu::cold]] std::optional<error> read(const named_text& source, Read read_root) {
    if (source.text.empty()) return std::nullopt;
    const auto value = json::parse(source.text, source.file);
    if (!value) return value.error();
    std::optional<error> fault;
    file_ = source.file;
    fault_ = &fault;
    json_fields root(*value, source.file, "", fault);
    if (!fault) read_root(root);
    return fault;
  }

  [[gnu::cold]] void read_family(json_fields& root) {
    out_.family = tokenizer_family::bert;
    auto name = root.string("tokenizer_class").value_or("BertTokenizer");
    std::string_view base = name;
    if (base.ends_with("Fast")) base.remove_suffix(4);
    if (name == "PreTrainedTokenizerFast" || base == "TokenizersBackend") {
      out_.family = tokenizer_family::generic;
    } else if (base != "BertTokenizer" && base != "DistilBertTokenizer") {
      root.refuse(
          errc::unsupported_tokenizer, root.path("tokenizer_class"),
          {"expected BertTokenizer, DistilBertTokenizer, PreTrainedTokenizerFast or TokenizersBackend, found \"", name,
           "\""});
    }
    if (root.find("auto_map") != nullptr)
      root.refuse(errc::unsupported_tokenizer, root.path("auto_map"),
                  {"expected none, found a tokenizer in Python code"});
  }

  [[gnu::cold]] void read_max_length(json_fields& root) {
    const json::value* length = root.find("model_max_length");
    const char* name = length != nullptr ? "model_max_length" : "max_len";
    if (length == nullptr) length = root.find(name);
    if (length == nullptr) return;
    constexpr double absurd = 1e15;  // Transformers writes 1e30 for "none"
    if (!length->is_number() || !(length->number >= 1)) return root.expected("a number of at least 1", *length, name);
    if (length->number < absurd) out_.model_max_length = static_cast<std::size_t>(length->number);
  }

  // A token given as a string, or as an object with the fields of an AddedToken. Those with a name are special.
  std::optional<added_token> read_token(const json::value& value, const json_fields& parent, std::string_view name,
                                        bool special) {
    added_token token;
    if (value.is(json::value::kind::string)) {
      token.content = value.string;
      token.special = true;
      return token;
    }
    json_fields fields(value, file_, parent.path(name), *fault_);
    if (!*fault_) token = read_added_token(fields, false, special);
    return *fault_ ? std::nullopt : std::optional(std::move(token));
  }

  [[gnu::cold]] void set_named(std::string_view name, added_token token) {
    for (named_token& n : out_.named)
      if (n.name == name) return void(n.token = std::move(token));
    out_.named.push_back({std::string(name), std::move(token)});
  }

  // The "*_token" members and the lists of further special tokens.
  [[gnu::cold]] void read_names(json_fields& root) {
    const auto read_named = [&](std::string_view name, const json::value& value) {
      std::erase(out_.without, name);
      if (value.is(json::value::kind::null)) {
        std::erase_if(out_.named, [&](const named_token& n) { return n.name == name; });
        out_.without.emplace_back(name);
      } else if (auto token = read_token(value, root, name, true)) {
        set_named(name, *std::move(token));
      }
    };
    for (const std::string_view name : special_token_names)
      if (const json::value* value = root.object().find(name)) read_named(name, *value);
    for (const json::member& m : root.object().members) {
      const bool own = std::string_view(m.name).ends_with("_token") && m.value.is(json::value::kind::string);
      if (own && std::find(special_token_names.begin(), special_token_names.end(), m.name) == special_token_names.end())
        read_named(m.name, m.value);
    }
    const json::value* extra = root.find("extra_special_tokens");
    if (extra != nullptr && extra->is(json::value::kind::object)) {
      for (const json::member& m : extra->members) read_named(m.name, m.value);
    } else if (root.array("extra_special_tokens") != nullptr) {
      read_list(root, "extra_special_tokens", out_.extra);
    }
    out_.additional.clear();
    read_list(root, "additional_special_tokens", out_.additional);
  }

  [[gnu::cold]] void read_list(json_fields& root, std::string_view name, std::vector<added_token>& out) {
    const json::value* list = root.array(name);
    if (list == nullptr) return;
    for (const json::value& item : list->items)
      if (auto token = read_token(item, root, name, objects_are_special_)) out.push_back(*std::move(token));
  }

  [[gnu::cold]] void read_decoder(json_fields& root) {
    const json::value* decoder = root.members("added_tokens_decoder");
    if (decoder == nullptr) return;
    out_.has_decoder = true;
    for (const json::member& m : decoder->members) {
      const std::string at = concat({root.path("added_tokens_decoder"), ".", m.name});
      std::int32_t id = 0;
      const bool digits =
          !m.name.empty() && m.name.size() <= 9 && m.name.find_first_not_of("0123456789") == std::string::npos;
      if (!digits) return root.refuse(errc::invalid_field, at, {"expected an id as the key, found \"", m.name, "\""});
      for (const char c : m.name) id = id * 10 + (c - '0');
      json_fields fields(m.value, file_, at, *fault_);
      if (*fault_) return;
      added_token token = read_added_token(fields, false);
      token.id = id;
      insert_by_id(out_.declared, std::move(token));
    }
  }

  tokenizer_config& out_;
  std::string_view file_;
  bool objects_are_special_ = false;  // in lists
  std::optional<error>* fault_ = nullptr;
};

}  // namespace distilbert::detail
