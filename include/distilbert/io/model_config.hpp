#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/json.hpp"
#include "distilbert/core/result.hpp"

namespace distilbert {

/// The activation between the two linear layers of a feed-forward block.
enum class activation_function { gelu, gelu_new, relu, silu };

/// What the labels of a classifier mean to each other.
enum class problem_type { regression, single_label_classification, multi_label_classification };

/// A DistilBERT's config.json, checked. Fields have the names and defaults of Transformers' DistilBertConfig.
struct model_config {
  std::string architecture;                      ///< the first of `architectures`; empty when the file names none
  std::ptrdiff_t vocab_size = 30522;             ///< rows of the word embeddings
  std::ptrdiff_t max_position_embeddings = 512;  ///< tokens of a text at most
  std::ptrdiff_t n_layers = 6;                   ///< transformer layers
  std::ptrdiff_t n_heads = 12;                   ///< attention heads; divides dim
  std::ptrdiff_t dim = 768;                      ///< size of a hidden state
  std::ptrdiff_t hidden_dim = 3072;              ///< outputs of ffn.lin1
  activation_function activation = activation_function::gelu;  ///< between ffn.lin1 and ffn.lin2
  bool sinusoidal_pos_embds = false;  ///< only says how the table was made: checkpoints hold it either way
  std::ptrdiff_t pad_token_id = 0;    ///< id of [PAD]; no padding is ever computed
  std::vector<std::string> labels = {"LABEL_0", "LABEL_1"};  ///< by id
  std::optional<problem_type> problem;                       ///< absent in most files

  /// Parses the text of a config.json; `where` names it in messages.
  ///
  /// Errors: invalid_json; invalid_field, also where two spellings of a field disagree; unsupported_model, for another
  /// model_type, an unknown activation, pruned heads or quantised weights.
  static result<model_config> parse(std::string_view text, std::string_view where);
};

namespace detail {

// Reads fields of one object; remembers the first failure.
class config_reader {
 public:
  using kind = json::value::kind;

  config_reader(const json::value& root, std::string_view where) : root_(root), where_(where) {}

  // The member, unless it is absent or null.
  const json::value* find(std::string_view name) const {
    const json::value* v = root_.find(name);
    return v == nullptr || v->is(kind::null) ? nullptr : v;
  }

  // An integer in low..high under either of two names; both must agree where both are given.
  [[gnu::cold]] void integer(std::string_view name, std::string_view other, std::ptrdiff_t low, std::ptrdiff_t high,
                             std::ptrdiff_t& out) {
    const json::value *first = find(name), *second = other.empty() ? nullptr : find(other);
    for (const auto& [field, v] : {std::pair{name, first}, std::pair{other, second}}) {
      if (v == nullptr) continue;
      const bool in_range = v->is(kind::unsigned_integer) && v->integer >= static_cast<std::uint64_t>(low) &&
                            v->integer <= static_cast<std::uint64_t>(high);
      if (!in_range)
        return fail(errc::invalid_field, field,
                    detail::concat({"expected an integer from ", low, " to ", high, ", found ", show(*v)}));
      out = static_cast<std::ptrdiff_t>(v->integer);
    }
    if (first != nullptr && second != nullptr && first->integer != second->integer)
      fail(errc::invalid_field, name,
           detail::concat({"found ", show(*first), ", but ", other, ", its other spelling, is ", show(*second)}));
  }

  [[gnu::cold]] void boolean(std::string_view name, bool& out) {
    const json::value* v = find(name);
    if (v == nullptr) return;
    if (!v->is(kind::boolean)) return fail(errc::invalid_field, name, "expected true or false, found " + show(*v));
    out = v->boolean;
  }

  // A string; nullptr when it is absent.
  [[gnu::cold]] const std::string* string(std::string_view name) {
    const json::value* v = find(name);
    if (v == nullptr) return nullptr;
    if (v->is(kind::string)) return &v->string;
    fail(errc::invalid_field, name, "expected a string, found " + show(*v));
    return nullptr;
  }

  [[gnu::cold]] static std::string show(const json::value& v) {
    if (v.is(kind::string)) return detail::concat({"\"", v.string, "\""});
    if (v.is(kind::unsigned_integer)) return std::to_string(v.integer);
    if (v.is(kind::negative_integer)) return std::to_string(static_cast<std::int64_t>(v.integer));
    return std::string(v.describe());
  }

  [[gnu::cold]] void fail(errc code, std::string_view field, const std::string& what) {
    if (!failure_) failure_ = error{code, detail::concat({where_, ": ", field, ": ", what})};
  }
  const std::optional<error>& failure() const noexcept { return failure_; }

 private:
  const json::value& root_;
  std::string where_;
  std::optional<error> failure_;
};

[[gnu::cold]] inline void read_activation(config_reader& reader, model_config& config) {
  const std::string* name = reader.string("activation");
  if (name == nullptr || *name == "gelu") return;
  if (*name == "gelu_new")
    config.activation = activation_function::gelu_new;
  else if (*name == "relu")
    config.activation = activation_function::relu;
  else if (*name == "silu" || *name == "swish")
    config.activation = activation_function::silu;
  else
    reader.fail(errc::unsupported_model, "activation",
                detail::concat({"expected gelu, gelu_new, relu or silu, found \"", *name, "\""}));
}

[[gnu::cold]] inline void read_problem_type(config_reader& reader, model_config& config) {
  const std::string* name = reader.string("problem_type");
  if (name == nullptr) return;
  if (*name == "regression")
    config.problem = problem_type::regression;
  else if (*name == "single_label_classification")
    config.problem = problem_type::single_label_classification;
  else if (*name == "multi_label_classification")
    config.problem = problem_type::multi_label_classification;
  else
    reader.fail(
        errc::invalid_field, "problem_type",
        detail::concat(
            {"expected regression, single_label_classification or multi_label_classification, found \"", *name, "\""}));
}

// A label id written as JSON object key: decimal digits without leading zeros, below `count`.
[[gnu::cold]] inline std::optional<std::size_t> label_id(std::string_view digits, std::size_t count) {
  if (digits.empty() || digits.size() > 6 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  std::size_t id = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    id = id * 10 + static_cast<std::size_t>(c - '0');
  }
  return id < count ? std::optional(id) : std::nullopt;
}

// id2label decides, whose names some files write as numbers; without it num_labels, as LABEL_0, LABEL_1 ... label2id is
// not read, as Transformers names no answer by it: in many files it still is what it was before id2label was edited.
[[gnu::cold]] inline void read_labels(config_reader& reader, model_config& config) {
  using kind = json::value::kind;
  constexpr std::ptrdiff_t most = 100'000;
  std::ptrdiff_t count = 2;
  reader.integer("num_labels", "", 1, most, count);
  if (reader.failure()) return;
  const json::value* names = reader.find("id2label");
  if (names != nullptr) {
    if (!names->is(kind::object) || names->members.empty() || names->members.size() > most)
      return reader.fail(errc::invalid_field, "id2label",
                         "expected an object of 1 to 100000 labels, found " + config_reader::show(*names));
    const std::size_t found = names->members.size();
    if (reader.find("num_labels") != nullptr && static_cast<std::size_t>(count) != found)
      return reader.fail(errc::invalid_field, "num_labels",
                         detail::concat({"found ", count, ", but id2label has ", found, " labels"}));
    config.labels.assign(found, {});
    for (const json::member& m : names->members) {
      const auto id = label_id(m.name, found);
      if (!id)
        return reader.fail(errc::invalid_field, "id2label",
                           detail::concat({"expected the ids 0 to ", found - 1, ", found \"", m.name, "\""}));
      if (!m.value.is(kind::string) && !m.value.is(kind::unsigned_integer))
        return reader.fail(errc::invalid_field, "id2label",
                           detail::concat({m.name, ": expected a string, found ", config_reader::show(m.value)}));
      config.labels[*id] = m.value.is(kind::string) ? m.value.string : std::to_string(m.value.integer);
    }
  } else {
    config.labels.clear();
    for (std::ptrdiff_t i = 0; i < count; ++i) config.labels.push_back(detail::concat({"LABEL_", i}));
  }
}

[[gnu::cold]] inline void refuse_what_changes_the_model(config_reader& reader) {
  using kind = json::value::kind;
  if (const std::string* type = reader.string("model_type"); type != nullptr && *type != "distilbert")
    reader.fail(errc::unsupported_model, "model_type",
                detail::concat({"expected \"distilbert\", found \"", *type, "\""}));
  if (const json::value* heads = reader.find("pruned_heads");
      heads != nullptr && !(heads->is(kind::object) && heads->members.empty()))
    reader.fail(errc::unsupported_model, "pruned_heads", "expected none, found " + config_reader::show(*heads));
  if (reader.find("quantization_config") != nullptr)
    reader.fail(errc::unsupported_model, "quantization_config", "expected none: the weights must be F32, F16 or BF16");
}

// Where addresses have 32 bits, as in WebAssembly, no product of sizes may overflow them.
[[gnu::cold]] inline void refuse_what_no_address_reaches(config_reader& reader, const model_config& c) {
  if constexpr (sizeof(std::ptrdiff_t) < 8) {
    const auto dim = static_cast<double>(c.dim), hidden = static_cast<double>(c.hidden_dim);
    const double rows = static_cast<double>(c.max_position_embeddings) + 1024;
    const double weights = static_cast<double>(c.n_layers) * dim * (4 * dim + 2 * hidden) +
                           (static_cast<double>(c.vocab_size) + rows) * dim;
    if (4 * (weights + rows * (hidden + 8 * dim)) > 2147483647.0)
      reader.fail(errc::unsupported_model, "dim", "expected a model of less than 2 GiB on this 32-bit target");
  }
}

}  // namespace detail

[[gnu::cold]] inline result<model_config> model_config::parse(std::string_view text, std::string_view where) {
  using kind = json::value::kind;
  const auto root = json::parse(text, where);
  if (!root) return root.error();
  if (!root->is(kind::object))
    return error{errc::invalid_json, detail::concat({where, ": expected an object, found ", root->describe()})};

  model_config config;
  detail::config_reader reader(*root, where);
  detail::refuse_what_changes_the_model(reader);
  if (const json::value* names = reader.find("architectures"); names != nullptr) {
    const bool list = names->is(kind::array) && (names->items.empty() || names->items[0].is(kind::string));
    if (!list)
      reader.fail(errc::invalid_field, "architectures",
                  "expected a list of strings, found " + detail::config_reader::show(*names));
    else if (!names->items.empty())
      config.architecture = names->items[0].string;
  }
  // Far above any model, low enough that no product of two sizes overflows.
  constexpr std::ptrdiff_t most = 1 << 24;
  reader.integer("vocab_size", "", 1, most, config.vocab_size);
  reader.integer("max_position_embeddings", "", 1, most, config.max_position_embeddings);
  reader.integer("n_layers", "num_hidden_layers", 1, 10'000, config.n_layers);
  reader.integer("n_heads", "num_attention_heads", 1, most, config.n_heads);
  reader.integer("dim", "hidden_size", 1, 1 << 20, config.dim);
  reader.integer("hidden_dim", "", 1, 1 << 20, config.hidden_dim);
  reader.integer("pad_token_id", "", 0, most, config.pad_token_id);
  reader.boolean("sinusoidal_pos_embds", config.sinusoidal_pos_embds);
  detail::read_activation(reader, config);
  detail::read_problem_type(reader, config);
  detail::read_labels(reader, config);
  if (config.dim % config.n_heads != 0)
    reader.fail(errc::invalid_field, "n_heads",
                detail::concat({"expected a divisor of dim ", config.dim, ", found ", config.n_heads}));
  detail::refuse_what_no_address_reaches(reader, config);
  if (reader.failure()) return *reader.failure();
  return config;
}

}  // namespace distilbert
