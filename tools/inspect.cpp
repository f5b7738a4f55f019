#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "distilbert/io/checkpoint.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "distilbert/pipeline/text_model.hpp"
#include "format.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

using json = nlohmann::ordered_json;

const char* name_of(distilbert::activation_function activation) {
  switch (activation) {
    case distilbert::activation_function::gelu_new: return "gelu_new";
    case distilbert::activation_function::relu: return "relu";
    case distilbert::activation_function::silu: return "silu";
    case distilbert::activation_function::gelu: break;
  }
  return "gelu";
}

const char* name_of(distilbert::problem_type problem) {
  switch (problem) {
    case distilbert::problem_type::regression: return "regression";
    case distilbert::problem_type::multi_label_classification: return "multi_label_classification";
    case distilbert::problem_type::single_label_classification: break;
  }
  return "single_label_classification";
}

// Parameters in all and, where their own files are there, by type; and the file that they are taken from.
void add_weights(json& about, const distilbert::text_model& model, const distilbert::checkpoint& files) {
  std::map<std::string, std::uint64_t> dtypes;
  for (const distilbert::tensor_view& tensor : files.tensors())
    dtypes[std::string(to_string(tensor.type))] += tensor.elements();
  about["parameters"] = model.origin().parameters;
  if (!dtypes.empty()) about["dtypes"] = dtypes;
  about["file_bytes"] = model.is_packed() ? model.mapped_bytes() : files.total_bytes();
  about["packed"] = model.is_packed();
  if (!model.packed_mismatch().empty()) about["packed_mismatch"] = model.packed_mismatch();
}

json describe(const std::filesystem::path& directory, const distilbert::text_model& model,
              const distilbert::checkpoint& files, std::size_t threads) {
  const distilbert::model_config& config = model.config();
  const distilbert::tokenizer& tokenizer = model.text_tokenizer();
  json about;
  const std::filesystem::path whole = std::filesystem::absolute(directory).lexically_normal();
  about["model"] = (whole.filename().empty() ? whole.parent_path() : whole).filename().string();
  about["directory"] = directory.string();
  about["architecture"] = config.architecture;
  for (const auto& [name, value] : {std::pair{"n_layers", config.n_layers},
                                    {"dim", config.dim},
                                    {"n_heads", config.n_heads},
                                    {"hidden_dim", config.hidden_dim},
                                    {"vocab_size", config.vocab_size},
                                    {"max_position_embeddings", config.max_position_embeddings}})
    about[name] = value;
  about["activation"] = name_of(config.activation);
  add_weights(about, model, files);
  about["labels"] = config.labels;
  about["problem_type"] = config.problem ? json(name_of(*config.problem)) : json();
  about["function"] = std::string(to_string(model.default_function()));
  about["max_length"] = model.max_length();
  json& t = about["tokenizer"];
  t["source"] = std::string(tokenizer.source());
  t["tokens"] = tokenizer.vocab_size();
  t["lowercase"] = tokenizer.lowercase();
  t["strip_accents"] = tokenizer.strip_accents();
  t["handle_chinese_chars"] = tokenizer.handle_chinese_chars();
  t["unk_id"] = tokenizer.unk_id();
  const auto id = [&](const char* name, std::optional<std::int32_t> value) { t[name] = value ? json(*value) : json(); };
  id("cls_id", tokenizer.cls_id());
  id("sep_id", tokenizer.sep_id());
  id("pad_id", tokenizer.pad_id());
  id("mask_id", tokenizer.mask_id());
  about["weights"] = std::string(model.weights());
  about["weight_kernels"] = std::string(model.weight_kernels());
  about["isa"] = model.kernels().name;
  about["runnable_isas"] = json::array();
  distilbert::kernels::for_each_runnable(
      [&](const distilbert::kernels::kernel_table& table) { about["runnable_isas"].push_back(table.name); });
  about["memory"]["packed_weights_bytes"] = model.weight_bytes();
  about["memory"]["mapped_file_bytes"] = model.mapped_bytes();
  about["memory"]["workspace_bytes"] =
      model.workspace_bytes(threads == 0 ? std::thread::hardware_concurrency() : threads);
  return about;
}

std::string shown(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "-";
  if (!value.is_structured()) return value.dump();
  std::string list;
  for (const auto& [key, item] : value.items()) {
    if (!list.empty()) list += ", ";
    if (value.is_object()) list += key + " ";
    list += shown(item);
  }
  return list;
}

// A line "name  value" for each field; an object's fields on lines of their own.
void print(const json& about, const std::string& prefix, std::string& text) {
  for (const auto& [name, value] : about.items()) {
    if (value.is_object() && name != "dtypes") {
      print(value, prefix + name + ".", text);
      continue;
    }
    std::string line = prefix + name;
    line.resize(std::max<std::size_t>(line.size() + 2, 32), ' ');
    text += line + printable(shown(value)) + "\n";
  }
}

}  // namespace

distilbert::result<void> inspect_command::run() const {
  const auto directory = model_directory(model);
  if (!directory) return directory.error();
  if (verify) {
    const auto packed = distilbert::packed_file::open(*directory / distilbert::text_model::packed_name);
    if (!packed) return packed.error();
    if (auto whole = packed->verify(); !whole) return whole;
  }
  const auto loaded = distilbert::text_model::load(*directory, model.load());
  if (!loaded) return loaded.error();
  distilbert::result<distilbert::checkpoint> files = distilbert::checkpoint();
  if (distilbert::checkpoint::is_in(*directory)) files = distilbert::checkpoint::load(*directory);
  if (!files) return files.error();
  const json about = describe(*directory, **loaded, *files, model.threads);
  output out;
  if (format == output_format::json)
    out.pending = about.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  else
    print(about, "", out.pending);
  return out.flush();
}

}  // namespace tool
