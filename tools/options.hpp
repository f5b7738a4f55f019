#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "record_reader.hpp"

namespace tool {

/// The names that an option takes, and what they stand for.
template <class Value>
using choices = std::vector<std::pair<std::string, Value>>;

inline const choices<input_format> input_formats = {{"auto", input_format::automatic},
                                                    {"text", input_format::text},
                                                    {"jsonl", input_format::jsonl},
                                                    {"csv", input_format::csv},
                                                    {"tsv", input_format::tsv}};
inline const choices<output_format> report_formats = {{"text", output_format::text}, {"json", output_format::json}};

template <class Value>
void add_choice(CLI::App& app, const std::string& option, const choices<Value>& values, Value& out,
                const std::string& help) {
  std::string names;
  for (const auto& [name, value] : values) names += (names.empty() ? "" : "|") + name;
  const auto chosen = [&values](const std::string& name) {
    return std::find_if(values.begin(), values.end(), [&](const auto& choice) { return choice.first == name; });
  };
  app.add_option_function<std::string>(
         option, [&out, chosen](const std::string& name) { out = chosen(name)->second; }, help)
      ->check([&values, chosen, names](const std::string& name) {
        return chosen(name) != values.end() ? std::string() : "expected " + names + ", found " + name;
      })
      ->type_name(names);
}

inline void add_texts(CLI::App& app, std::vector<std::string>& texts) {
  app.add_option("TEXT", texts, "Texts; after -- also those that begin with a hyphen")->type_name("");
}

inline void add_model(CLI::App& app, std::string& directory) {
  app.add_option("-m,--model", directory, "Model directory in the Hub's layout (default: sst2-mini)")->type_name("DIR");
}

inline CLI::Option* add_manifest(CLI::App& app, model_options& model) {
  return app
      .add_option("--manifest", model.manifest, "Refuse the model where a file of it is not as this manifest says")
      ->type_name("FILE");
}

inline void add_threads(CLI::App& app, model_options& model) {
  app.add_option("-j,--threads", model.threads, "Threads to run on (default: 1); 0: one for each core")
      ->check(CLI::Range(0, 1024).description(""))
      ->type_name("N");
}

inline CLI::Option* add_weights(CLI::App& app, const std::string& option, const std::string& help,
                                std::function<void(distilbert::weight_type)> use) {
  const std::string names = "f32|f16|bf16|int8";
  return app
      .add_option_function<std::string>(
          option, [use](const std::string& name) { use(*distilbert::find_weight_type(name)); }, help)
      ->check([names](const std::string& name) {
        const bool known = name != "stored" && distilbert::find_weight_type(name) != nullptr;
        return known ? std::string() : "expected " + names + ", found " + name;
      })
      ->type_name(names);
}

inline void add_engine(CLI::App& app, model_options& model) {
  add_threads(app, model);
  static const choices<std::string> sets = [] {
    choices<std::string> runnable;
    distilbert::kernels::for_each_runnable([&](const auto& table) { runnable.emplace_back(table.name, table.name); });
    return runnable;
  }();
  add_weights(app, "--weights", "What the weights become (default: what the model's files hold)",
              [&](auto type) { model.weights = type; });
  add_choice(app, "--isa", sets, model.isa, "Instruction set, of those of this machine (default: the best)");
  add_manifest(app, model);
}

inline void add_input_format(CLI::App& app, input_options& input) {
  add_choice(app, "--format", input_formats, input.format,
             "Format of the input (default: auto, by the file's extension; text where it says nothing)");
  app.add_option("--text-column", input.text_column,
                 "Field or column of the text (default: text; in csv and tsv also sentence)")
      ->type_name("NAME");
}

inline CLI::Option* add_input(CLI::App& app, input_options& input) {
  auto* file = app.add_option("-i,--input", input.file, "File to read; - is standard input")->type_name("FILE");
  add_input_format(app, input);
  return file;
}

// Several files, one after the other.
inline void add_inputs(CLI::App& app, input_options& input) {
  app.add_option_function<std::vector<std::string>>(
         "-i,--input",
         [&input](const std::vector<std::string>& files) {
           input.file = files.front();
           input.more_files.assign(files.begin() + 1, files.end());
         },
         "Files to read, one after the other, gzip or not; - is standard input")
      ->type_name("FILE");
  add_input_format(app, input);
}

inline CLI::Option* add_max_length(CLI::App& app, std::size_t& length, std::size_t least, const std::string& help) {
  return app.add_option("--max-length", length, help)
      ->check(CLI::Range(least, std::size_t{1} << 30).description(""))
      ->type_name("N");
}

}  // namespace tool
