#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "distilbert/io/checkpoint.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "distilbert/pipeline/text_model.hpp"
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

// Parameters by their type, and in all.
void add_weights(json& about, const distilbert::checkpoint& files) {
  std::map<std::string, std::uint64_t> dtypes;
  std::uint64_t parameters = 0;
  for (const distilbert::tensor_view& tensor : files.tensors()) {
    std::uint64_t count = 1;
    for (const std::uint64_t n : tensor.shape) count *= n;
    dtypes[std::string(to_string(tensor.type))] += count;
    if (!is_integer(tensor.type)) parameters += count;
  }
  about["parameters"] = parameters;
  about["dtypes"] = dtypes;
  about["file_bytes"] = files.total_bytes();
}

json describe(const std::filesystem::path& directory, const distilbert::text_model& model,
              const distilbert::checkpoint& files) {
  const distilbert::model_config& config = model.config();
  const distilbert::tokenizer& tokenizer = model.text_tokenizer();
  json about;
  about["model"] =
      directory.filename().empty() ? directory.parent_path().filename().string() : directory.filename().string();
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
  add_weights(about, files);
  about["labels"] = config.labels;
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
  about["isa"] = model.kernels().name;
  about["runnable_isas"] = json::array();
  distilbert::kernels::for_each_runnable(
      [&](const distilbert::kernels::kernel_table& table) { about["runnable_isas"].push_back(table.name); });
  about["memory"]["packed_weights_bytes"] = model.weight_bytes();
  about["memory"]["mapped_file_bytes"] = model.mapped_bytes();
  about["memory"]["workspace_bytes"] = model.workspace_bytes();
  return about;
}

// One "name  value" line a field; an object's fields below its name.
void print(const json& about, const std::string& prefix, std::string& text) {
  for (const auto& [name, value] : about.items()) {
    if (value.is_object() && name != "dtypes") {
      print(value, prefix + name + ".", text);
      continue;
    }
    std::string shown;
    if (value.is_string()) {
      shown = value.get<std::string>();
    } else if (value.is_array() || value.is_object()) {
      for (const auto& [key, item] : value.items())
        shown += (shown.empty() ? "" : ", ") + (value.is_object() ? key + " " : "") +
                 (item.is_string() ? item.get<std::string>() : item.dump());
    } else {
      shown = value.dump();
    }
    std::string label = prefix + name;
    label.resize(std::max<std::size_t>(label.size() + 2, 30), ' ');
    text += label + printable(shown) + "\n";
  }
}

}  // namespace

distilbert::result<void> inspect_command::run() const {
  const auto directory = model_directory(model.directory);
  const auto loaded = distilbert::text_model::load(directory, {.isa = model.isa});
  if (!loaded) return loaded.error();
  const auto files = distilbert::checkpoint::load(directory);
  if (!files) return files.error();
  const json about = describe(directory, **loaded, *files);
  std::string text;
  if (format == output_format::json)
    text = about.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  else
    print(about, "", text);
  output out;
  out.append(text);
  return out.flush();
}

}  // namespace tool
