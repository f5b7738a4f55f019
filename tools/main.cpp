#include <cstdio>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "distilbert/core/config.hpp"
#include "distilbert/kernels/dispatch.hpp"

#if !defined(_WIN32)
#include <unistd.h>
#endif

namespace {

using namespace tool;

constexpr int usage_error = 2;

const std::map<std::string, input_format> input_formats = {{"auto", input_format::automatic},
                                                           {"text", input_format::text},
                                                           {"jsonl", input_format::jsonl},
                                                           {"csv", input_format::csv},
                                                           {"tsv", input_format::tsv}};
const std::map<std::string, output_format> output_formats = {{"text", output_format::text},
                                                             {"json", output_format::json},
                                                             {"jsonl", output_format::jsonl},
                                                             {"csv", output_format::csv},
                                                             {"tsv", output_format::tsv}};

// An option that takes one of some names.
template <class Value>
void add_choice(CLI::App& app, const std::string& option, const std::vector<std::string>& names,
                const std::map<std::string, Value>& values, Value& out, const std::string& help) {
  app.add_option_function<std::string>(
         option, [&out, &values](const std::string& name) { out = values.at(name); }, help)
      ->check(CLI::IsMember(names))
      ->type_name("NAME");
}

void add_model(CLI::App& app, std::string& directory) {
  app.add_option("--model", directory, "Model directory in the Hub's layout (default: sst2-mini)")->type_name("DIR");
}

void add_engine(CLI::App& app, model_options& model) {
  app.add_option("--threads", model.threads, "Threads to run on; 0 means all of the machine's")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  std::vector<std::string> names;
  distilbert::kernels::for_each_runnable([&](const auto& table) { names.emplace_back(table.name); });
  app.add_option("--isa", model.isa, "Instruction set (default: the best of this machine)")
      ->check(CLI::IsMember(names))
      ->type_name("NAME");
}

CLI::Option* add_input(CLI::App& app, input_options& input) {
  auto* file = app.add_option("--input", input.file, "File to read; - is standard input")->type_name("FILE");
  add_choice(app, "--format", {"auto", "text", "jsonl", "csv", "tsv"}, input_formats, input.format,
             "Format of the input (default: auto, by the file's extension; else text, one a line)");
  app.add_option("--text-column", input.text_column,
                 "Field or column of the text (default: text; in csv and tsv also sentence)")
      ->type_name("NAME");
  return file;
}

// Texts come as arguments, from a file, or, where neither is named, from a pipe.
std::optional<input_options> chosen_input(const CLI::App& app, const std::vector<std::string>& texts,
                                          const CLI::Option* file, const input_options& input) {
  if (!texts.empty() && file->count() > 0) throw CLI::ValidationError("TEXT and --input cannot be used together");
  if (!texts.empty()) return std::nullopt;
  if (file->count() > 0) return input;
#if !defined(_WIN32)
  if (::isatty(STDIN_FILENO) != 0)
    throw CLI::ValidationError("nothing to read: give a TEXT, --input FILE or a pipe; see " + app.get_name() +
                               " --help");
#endif
  input_options piped = input;
  piped.file = "-";
  return piped;
}

int report(const distilbert::result<void>& done) {
  if (done) return 0;
  std::fprintf(stderr, "distilbert: %s\n", done.error().message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("DistilBERT text classification.\n\nExample: distilbert classify \"A gripping, beautifully shot film.\"",
               "distilbert");
  app.set_version_flag("--version", "distilbert " DISTILBERT_VERSION_STRING);
  app.require_subcommand(1);

  classify_command classify;
  input_options classify_input;
  auto* c = app.add_subcommand("classify", "Label texts");
  c->footer("Example: distilbert classify --input reviews.jsonl --output-format jsonl --top-k all");
  c->add_option("TEXT", classify.texts, "Texts to label");
  add_model(*c, classify.model.directory);
  auto* classify_file = add_input(*c, classify_input);
  add_choice(*c, "--output-format", {"text", "jsonl", "csv", "tsv"}, output_formats, classify.format,
             "Format of the answers (default: text)");
  c->add_option_function<std::string>(
       "--top-k",
       [&](const std::string& k) {
         classify.top_k = k == "all" ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(std::stoul(k));
       },
       "Also give the scores of the N best labels, or of all")
      ->check([](const std::string& k) {
        const bool number = !k.empty() && k.size() < 10 && k.find_first_not_of("0123456789") == std::string::npos;
        return k == "all" || (number && std::stoul(k) > 0) ? std::string()
                                                           : "expected all or a number from 1 on, found " + k;
      })
      ->type_name("N|all");
  c->add_flag("--logits", classify.logits, "Also give the logits");
  c->add_option_function<std::string>(
       "--function",
       [&](const std::string& name) {
         classify.function = name == "softmax"   ? distilbert::score_function::softmax
                             : name == "sigmoid" ? distilbert::score_function::sigmoid
                                                 : distilbert::score_function::none;
       },
       "What makes scores of logits (default: what the model's configuration asks for)")
      ->check(CLI::IsMember({"softmax", "sigmoid", "none"}))
      ->type_name("NAME");
  c->add_option("--max-length", classify.max_length, "Tokens of a text to read (default: all the model takes)")
      ->check(CLI::Range(std::size_t{2}, std::size_t{1} << 24))
      ->type_name("N");
  add_engine(*c, classify.model);

  tokenize_command tokenize;
  input_options tokenize_input;
  tokenize.encode.unit = distilbert::offset_unit::code_point;
  auto* t = app.add_subcommand("tokenize", "Show the tokens of texts");
  t->footer("Example: distilbert tokenize --output-format jsonl --offsets byte \"Token by token\"");
  t->add_option("TEXT", tokenize.texts, "Texts to tokenize");
  add_model(*t, tokenize.model);
  auto* tokenize_file = add_input(*t, tokenize_input);
  add_choice(*t, "--output-format", {"text", "jsonl"}, output_formats, tokenize.format,
             "Format of the tokens (default: text)");
  static const std::map<std::string, distilbert::offset_unit> units = {
      {"byte", distilbert::offset_unit::byte},
      {"codepoint", distilbert::offset_unit::code_point},
      {"utf16", distilbert::offset_unit::utf16}};
  add_choice(*t, "--offsets", {"byte", "codepoint", "utf16"}, units, tokenize.encode.unit,
             "What offsets count (default: codepoint, as in Python)");
  t->add_option("--max-length", tokenize.encode.max_length, "Tokens to keep (default: all)")->type_name("N");
  t->add_flag("!--no-special-tokens", tokenize.encode.add_special_tokens, "Leave out [CLS] and [SEP]");

  eval_command eval;
  auto* e = app.add_subcommand("eval", "Compare labels with those of a labelled file");
  e->footer("Example: distilbert eval --input dev.tsv --output-format json");
  add_model(*e, eval.model.directory);
  add_input(*e, eval.input)->required();
  e->add_option("--label-column", eval.input.label_column,
                "Field or column of the label, a name or an id (default: label)")
      ->type_name("NAME");
  add_choice(*e, "--output-format", {"text", "json"}, output_formats, eval.format,
             "Format of the report (default: text)");
  add_engine(*e, eval.model);

  inspect_command inspect;
  auto* i = app.add_subcommand("inspect", "Say what a model directory holds and how it runs here");
  i->footer("Example: distilbert inspect --output-format json");
  add_model(*i, inspect.model.directory);
  add_choice(*i, "--output-format", {"text", "json"}, output_formats, inspect.format, "Format (default: text)");
  add_engine(*i, inspect.model);

  try {
    app.parse(argc, argv);
    if (c->parsed()) classify.input = chosen_input(*c, classify.texts, classify_file, classify_input);
    if (t->parsed()) tokenize.input = chosen_input(*t, tokenize.texts, tokenize_file, tokenize_input);
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault) == 0 ? 0 : usage_error;
  }
  return report(c->parsed() ? classify.run() : t->parsed() ? tokenize.run() : e->parsed() ? eval.run() : inspect.run());
} catch (const std::exception& fault) {
  std::fprintf(stderr, "distilbert: %s\n", fault.what());
  return 1;
}
