#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "distilbert/core/config.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "terminal.hpp"

#if defined(_WIN32)
#include <fcntl.h>
#endif

namespace {

using namespace tool;

constexpr int failure = 1;
constexpr int usage_error = 2;

// The names that an option takes, and what they stand for.
template <class Value>
using choices = std::vector<std::pair<std::string, Value>>;

const choices<input_format> input_formats = {{"auto", input_format::automatic},
                                             {"text", input_format::text},
                                             {"jsonl", input_format::jsonl},
                                             {"csv", input_format::csv},
                                             {"tsv", input_format::tsv}};
const choices<output_format> answer_formats = {{"text", output_format::text},
                                               {"jsonl", output_format::jsonl},
                                               {"csv", output_format::csv},
                                               {"tsv", output_format::tsv}};
const choices<output_format> token_formats = {{"text", output_format::text}, {"jsonl", output_format::jsonl}};
const choices<output_format> report_formats = {{"text", output_format::text}, {"json", output_format::json}};
const choices<output_format> bench_formats = {
    {"text", output_format::text}, {"json", output_format::json}, {"csv", output_format::csv}};
const choices<std::optional<distilbert::score_function>> functions = {{"softmax", distilbert::score_function::softmax},
                                                                      {"sigmoid", distilbert::score_function::sigmoid},
                                                                      {"none", distilbert::score_function::none}};
const choices<distilbert::offset_unit> offset_units = {{"byte", distilbert::offset_unit::byte},
                                                       {"codepoint", distilbert::offset_unit::code_point},
                                                       {"utf16", distilbert::offset_unit::utf16}};

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

void add_texts(CLI::App& app, std::vector<std::string>& texts) {
  app.add_option("TEXT", texts, "Texts; after -- also those that begin with a hyphen")->type_name("");
}

void add_model(CLI::App& app, std::string& directory) {
  app.add_option("-m,--model", directory, "Model directory in the Hub's layout (default: sst2-mini)")->type_name("DIR");
}

void add_threads(CLI::App& app, model_options& model) {
  app.add_option("-j,--threads", model.threads, "Threads to run on (default: 1); 0: one for each core")
      ->check(CLI::Range(0, 1024).description(""))
      ->type_name("N");
}

CLI::Option* add_weights(CLI::App& app, const std::string& option, const std::string& help,
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

void add_engine(CLI::App& app, model_options& model) {
  add_threads(app, model);
  static const choices<std::string> sets = [] {
    choices<std::string> runnable;
    distilbert::kernels::for_each_runnable([&](const auto& table) { runnable.emplace_back(table.name, table.name); });
    return runnable;
  }();
  add_weights(app, "--weights", "What the weights become (default: what the model's files hold)",
              [&](auto type) { model.weights = type; });
  add_choice(app, "--isa", sets, model.isa, "Instruction set, of those of this machine (default: the best)");
}

CLI::Option* add_input(CLI::App& app, input_options& input) {
  auto* file = app.add_option("-i,--input", input.file, "File to read; - is standard input")->type_name("FILE");
  add_choice(app, "--format", input_formats, input.format,
             "Format of the input (default: auto, by the file's extension; text where it says nothing)");
  app.add_option("--text-column", input.text_column,
                 "Field or column of the text (default: text; in csv and tsv also sentence)")
      ->type_name("NAME");
  return file;
}

CLI::Option* add_max_length(CLI::App& app, std::size_t& length, std::size_t least, const std::string& help) {
  return app.add_option("--max-length", length, help)
      ->check(CLI::Range(least, std::size_t{1} << 30).description(""))
      ->type_name("N");
}

void add_top_k(CLI::App& app, std::optional<std::size_t>& top_k) {
  app.add_option_function<std::string>(
         "-k,--top-k", [&](const std::string& k) { top_k = k == "all" ? static_cast<std::size_t>(-1) : std::stoul(k); },
         "Also give the scores of the N best labels, or of all")
      ->check([](const std::string& k) {
        const bool digits = !k.empty() && k.size() < 10 && k.find_first_not_of("0123456789") == std::string::npos;
        return k == "all" || (digits && std::stoul(k) > 0) ? "" : "expected all or a number from 1 on, found " + k;
      })
      ->type_name("N|all");
}

void add_classify(CLI::App& app, classify_command& command) {
  app.footer("Example: distilbert classify --input reviews.jsonl --output-format jsonl --top-k all");
  add_texts(app, command.texts);
  add_model(app, command.model.directory);
  add_input(app, command.input.emplace());
  add_choice(app, "--output-format", answer_formats, command.format, "Format of the answers (default: text)");
  add_top_k(app, command.top_k);
  app.add_flag("--logits", command.logits, "Also give the logits");
  add_choice(app, "--function", functions, command.function,
             "What makes scores of logits (default: what the model's configuration asks for)");
  add_max_length(app, command.max_length, 2,
                 "Tokens of a text to read, [CLS] and [SEP] included (default: all that the model takes)");
  add_engine(app, command.model);
}

void add_tokenize(CLI::App& app, tokenize_command& command) {
  app.footer("Example: distilbert tokenize --output-format jsonl --offsets byte \"Token by token\"");
  add_texts(app, command.texts);
  add_model(app, command.model);
  add_input(app, command.input.emplace());
  add_choice(app, "--output-format", token_formats, command.format, "Format of the tokens (default: text)");
  command.encode.unit = distilbert::offset_unit::code_point;
  add_choice(app, "--offsets", offset_units, command.encode.unit,
             "What the offsets of jsonl count (default: codepoint, as in Python)");
  add_max_length(app, command.encode.max_length, 1, "Tokens to keep, [CLS] and [SEP] included (default: all)");
  app.add_flag_callback(
      "--no-special-tokens", [&] { command.encode.add_special_tokens = false; }, "Leave out [CLS] and [SEP]");
  app.add_flag("--split-special-tokens", command.encode.split_special_tokens,
               "Take \"[SEP]\" and the like in a text for plain text");
}

void add_eval(CLI::App& app, eval_command& command) {
  app.footer("Example: distilbert eval --input dev.tsv --output-format json");
  add_model(app, command.model.directory);
  add_input(app, command.input)->required();
  command.input.label_column = "label";
  app.add_option("--label-column", command.input.label_column,
                 "Field or column of the label, a name or an id (default: label)")
      ->type_name("NAME");
  add_choice(app, "--output-format", report_formats, command.format, "Format of the report (default: text)");
  add_max_length(app, command.max_length, 2,
                 "Tokens of a text to read, [CLS] and [SEP] included (default: all that the model takes)");
  add_weights(app, "--compare", "Set f32 and these weights side by side", [&](auto type) { command.compare = type; });
  add_engine(app, command.model);
}

void add_quantize(CLI::App& app, quantize_command& command) {
  app.footer("Example: distilbert quantize --weights int8 --output int8 --eval dev.tsv");
  add_model(app, command.model.directory);
  add_weights(app, "--weights", "What the weights become", [&](auto type) {
    command.model.weights = type;
  })->required();
  app.add_option("-o,--output", command.directory, "Directory to write, the model's other files with it")
      ->required()
      ->type_name("DIR");
  app.add_option_function<std::string>(
         "--eval",
         [&](const std::string& file) { command.eval = input_options{.file = file, .label_column = "label"}; },
         "Labelled file to compare both on; its extension tells the format")
      ->type_name("FILE");
  add_threads(app, command.model);
}

void add_inspect(CLI::App& app, inspect_command& command) {
  app.footer("Example: distilbert inspect --output-format json");
  add_model(app, command.model.directory);
  add_choice(app, "--output-format", report_formats, command.format, "Format (default: text)");
  app.add_flag("--verify", command.verify, "Read all of model.packed and compare it with its hashes");
  add_engine(app, command.model);
}

void add_pack(CLI::App& app, pack_command& command) {
  app.footer("Example: distilbert pack --model models/sst2-mini --output packed");
  add_model(app, command.model.directory);
  app.add_option("-o,--output", command.directory,
                 "Directory to write, the model's other files with it (default: the model's own)")
      ->type_name("DIR");
  add_engine(app, command.model);
}

void add_bench(CLI::App& app, bench_command& command) {
  app.footer("Example: distilbert bench --lengths 8,128 --batch dev.tsv --output-format json");
  add_model(app, command.model.directory);
  app.add_option("--lengths", command.lengths, "Tokens of the texts to time, parted by commas")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 30).description(""))
      ->type_name("N,...");
  app.add_option_function<std::string>(
         "--batch", [&](const std::string& file) { command.batch = input_options{.file = file}; },
         "File whose texts are timed as one batch, tokenizer included; its extension tells the format")
      ->type_name("FILE");
  app.add_option("--rounds", command.rounds, "Rounds to take the best and the median of (default: 10)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 30).description(""))
      ->type_name("N");
  app.add_flag("--interactive", command.interactive, "Time what each line of standard input asks for, a JSON object");
  add_choice(app, "--output-format", bench_formats, command.format, "Format of the figures (default: text)");
  add_engine(app, command.model);
}

// Texts come as arguments, from a file, or, where neither is named, from a pipe.
void choose_input(const CLI::App& app, const std::vector<std::string>& texts, std::optional<input_options>& input) {
  const bool file_named = app.get_option("--input")->count() > 0;
  if (!texts.empty() && file_named) throw CLI::ValidationError("TEXT and --input cannot be used together");
  if (!texts.empty()) {
    input.reset();
  } else if (!file_named) {
    if (is_terminal(stdin))
      throw CLI::ValidationError("expected a TEXT, --input FILE, or a pipe on standard input, found none");
    input->file = "-";
  }
}

std::string usage_message(const CLI::App* app, const CLI::Error& fault) {
  const auto commands = app->get_subcommands();
  const auto unknown = app->remaining();
  std::string text = fault.what();
  if (commands.empty() && !unknown.empty())
    text = "unknown " + std::string(unknown.front().starts_with('-') ? "option " : "command ") + unknown.front();
  text.erase(std::remove(text.begin(), text.end(), argument_mark), text.end());
  return "distilbert: " + text + "\nSee distilbert " + (commands.empty() ? "" : commands.front()->get_name() + " ") +
         "--help\n";
}

int report(const distilbert::result<void>& done) {
  if (done) return 0;
  const distilbert::error& fault = done.error();
  if (!fault.message.empty()) std::fprintf(stderr, "distilbert: %s\n", fault.message.c_str());
  return fault.code == distilbert::errc::invalid_argument ? usage_error : failure;
}

}  // namespace

int main(int argc, char** argv) try {
#if defined(_WIN32)
  for (std::FILE* stream : {stdin, stdout}) _setmode(_fileno(stream), _O_BINARY);
#else
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves early is seen by the writes that fail
#endif
  CLI::App app("DistilBERT text classification.", "distilbert");
  app.footer("Example: distilbert classify \"A gripping, beautifully shot film.\"");
  app.set_version_flag("-V,--version", "distilbert " DISTILBERT_VERSION_STRING);
  app.require_subcommand(1);
  app.failure_message(usage_message);

  classify_command classify;
  tokenize_command tokenize;
  eval_command eval;
  inspect_command inspect;
  pack_command pack;
  quantize_command quantize;
  bench_command bench;
  CLI::App& c = *app.add_subcommand("classify", "Label texts");
  CLI::App& t = *app.add_subcommand("tokenize", "Show the tokens of texts");
  CLI::App& e = *app.add_subcommand("eval", "Compare labels with those of a labelled file");
  CLI::App& i = *app.add_subcommand("inspect", "Say what a model directory holds and how it runs here");
  CLI::App& p = *app.add_subcommand("pack", "Write a model's weights packed for this machine, to be loaded in place");
  CLI::App& q = *app.add_subcommand("quantize", "Write a model with weights of another type");
  CLI::App& b = *app.add_subcommand("bench", "Measure how fast a model runs here");
  add_classify(c, classify);
  add_tokenize(t, tokenize);
  add_eval(e, eval);
  add_inspect(i, inspect);
  add_pack(p, pack);
  add_quantize(q, quantize);
  add_bench(b, bench);
  for (CLI::App* command : {&c, &t, &e, &i, &p, &q, &b})
    for (CLI::Option* option : command->get_options())
      if (option->get_items_expected_max() > 0) option->transform(shown_argument);

  try {
    app.parse(hidden_arguments(argc, argv));
    if (c.parsed()) choose_input(c, classify.texts, classify.input);
    if (t.parsed()) choose_input(t, tokenize.texts, tokenize.input);
    if (t.parsed() && tokenize.encode.add_special_tokens && tokenize.encode.max_length < 2)
      throw CLI::ValidationError("--max-length: expected room for [CLS] and [SEP], 2 at least, found 1");
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault) == 0 ? 0 : usage_error;
  }
  return report(c.parsed()   ? classify.run()
                : t.parsed() ? tokenize.run()
                : e.parsed() ? eval.run()
                : i.parsed() ? inspect.run()
                : p.parsed() ? pack.run()
                : q.parsed() ? quantize.run()
                             : bench.run());
} catch (const std::exception& fault) {
  std::fprintf(stderr, "distilbert: %s\n", fault.what());
  return failure;
}
