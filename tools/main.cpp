#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "distilbert/core/config.hpp"
#include "extra_arguments.hpp"
#include "insight_options.hpp"
#include "kept_columns.hpp"
#include "option_table.hpp"
#include "options.hpp"
#include "terminal.hpp"

#if defined(_WIN32)
#include <fcntl.h>
#endif

namespace {

using namespace tool;

constexpr int failure = 1;
constexpr int usage_error = 2;

const choices<output_format> answer_formats = {{"text", output_format::text},
                                               {"jsonl", output_format::jsonl},
                                               {"csv", output_format::csv},
                                               {"tsv", output_format::tsv}};
const choices<output_format> token_formats = {{"text", output_format::text}, {"jsonl", output_format::jsonl}};
const choices<output_format> bench_formats = {
    {"text", output_format::text}, {"json", output_format::json}, {"csv", output_format::csv}};
const choices<std::optional<distilbert::score_function>> functions = {{"softmax", distilbert::score_function::softmax},
                                                                      {"sigmoid", distilbert::score_function::sigmoid},
                                                                      {"none", distilbert::score_function::none}};
const choices<on_error> fault_choices = {
    {"stop", on_error::stop}, {"skip", on_error::skip}, {"record", on_error::record}};
const choices<distilbert::offset_unit> offset_units = {{"byte", distilbert::offset_unit::byte},
                                                       {"codepoint", distilbert::offset_unit::code_point},
                                                       {"utf16", distilbert::offset_unit::utf16}};

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
  app.footer("Example: distilbert classify --input reviews.csv --keep-columns --output labels.csv --resume");
  add_texts(app, command.texts);
  add_model(app, command.model.directory);
  add_inputs(app, command.input.emplace());
  app.add_flag("--keep-columns", command.input->keep_columns,
               "Also give the fields or columns of the input, before the answer's; in the input's format, unless "
               "another is asked for");
  app.add_option("--prefix", command.prefix, "Begin the names of the answer's fields or columns with this")
      ->type_name("NAME");
  add_choice(app, "--on-error", fault_choices, command.faults,
             "What to do about a record that cannot be read: stop, skip it, or record the error in the answer's place "
             "(default: stop)");
  app.add_option(
         "-o,--output", command.output,
         "File to write instead of standard output, packed where it ends in .gz; it appears when it is complete")
      ->type_name("FILE");
  app.add_flag("--resume", command.resume, "Go on where an earlier run for the same --output was stopped")
      ->needs("--output");
  add_choice(app, "--output-format", answer_formats, command.format, "Format of the answers (default: text)");
  add_top_k(app, command.top_k);
  app.add_flag("--logits", command.logits, "Also give the logits");
  add_extras(app, command.extra);
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

void add_doctor(CLI::App& app, doctor_command& command) {
  app.footer("Example: distilbert doctor --model models/sst2-mini");
  add_model(app, command.model.directory);
  add_choice(app, "--output-format", report_formats, command.format, "Format (default: text)");
  add_engine(app, command.model);
}

void add_verify(CLI::App& app, verify_command& command) {
  app.footer("Example: distilbert verify --model models/sst2-mini --manifest sst2-mini.sha256");
  add_model(app, command.model.directory);
  auto* checked = add_manifest(app, command.model);
  app.add_option("--write-manifest", command.write,
                 "Write the SHA-256 of each of the model's files; - is standard output")
      ->type_name("FILE")
      ->excludes(checked);
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

// What packages install beside the program, made of the tables above.
void add_written_by_itself(CLI::App& app) {
  const auto print = [&app](const std::string& text) {
    std::fputs(text.c_str(), stdout);
    throw CLI::Success();
  };
  app.add_subcommand("completions", "Print completions for a shell")
      ->group("")
      ->add_option_function<std::string>(
          "SHELL",
          [&app, print](const std::string& shell) { print(completions(option_table(app), shown_argument(shell))); })
      ->required()
      ->check([](const std::string& shell) {
        const bool known = !completions({}, shown_argument(shell)).empty();
        return known ? std::string() : "expected bash, zsh or fish, found " + shell;
      });
  app.add_subcommand("manual", "Print the manual page")->group("")->callback([&app, print] {
    print(manual_page(option_table(app), DISTILBERT_VERSION_STRING));
  });
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

// The format of answers follows their file's name, or else the columns to keep, unless it is asked for.
void choose_output(const CLI::App& app, classify_command& command) {
  if (!command.input) {
    for (const char* option : {"--keep-columns", "--resume"})
      if (app.count(option) > 0)
        throw CLI::ValidationError(std::string(option) + ": expected --input FILE or a pipe, found TEXT");
  }
  if (app.count("--output-format") == 0) {
    const input_format named = format_of(command.output);
    if (named == input_format::jsonl) command.format = output_format::jsonl;
    if (named == input_format::csv) command.format = output_format::csv;
    if (named == input_format::tsv) command.format = output_format::tsv;
    if (named == input_format::text && command.input && command.input->keep_columns)
      command.format = format_to_keep(*command.input);
  }
  // Whatever is not named here may change the answers: a run that goes on must have the same.
  const std::array other = {"input", "output", "resume", "model", "isa", "threads"};
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_single_name();
    if (option->count() == 0 || std::find(other.begin(), other.end(), name) != other.end()) continue;
    command.asked += name;
    for (const std::string& value : option->results()) command.asked += "=" + shown_argument(value);
    command.asked += ' ';
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
  doctor_command doctor;
  verify_command verify;
  pack_command pack;
  quantize_command quantize;
  bench_command bench;
  CLI::App& c = *app.add_subcommand("classify", "Label texts");
  CLI::App& t = *app.add_subcommand("tokenize", "Show the tokens of texts");
  CLI::App& e = *app.add_subcommand("eval", "Compare labels with those of a labelled file");
  CLI::App& i = *app.add_subcommand("inspect", "Say what a model directory holds and how it runs here");
  CLI::App& d = *app.add_subcommand("doctor", "Say whether a model is whole and right, and computes right here");
  CLI::App& v = *app.add_subcommand("verify", "Compare a model's files with a manifest, or write one");
  CLI::App& p = *app.add_subcommand("pack", "Write a model's weights packed for this machine, to be loaded in place");
  CLI::App& q = *app.add_subcommand("quantize", "Write a model with weights of another type");
  CLI::App& b = *app.add_subcommand("bench", "Measure how fast a model runs here");
  add_classify(c, classify);
  add_tokenize(t, tokenize);
  add_eval(e, eval);
  add_inspect(i, inspect);
  add_doctor(d, doctor);
  add_verify(v, verify);
  add_pack(p, pack);
  add_quantize(q, quantize);
  add_bench(b, bench);
  insight_commands insights(app);
  add_written_by_itself(app);
  for (CLI::App* command : {&c, &t, &e, &i, &d, &v, &p, &q, &b})
    for (CLI::Option* option : command->get_options())
      if (option->get_items_expected_max() > 0) option->transform(shown_argument);

  try {
    app.parse(hidden_arguments(argc, argv));
    const bool hyphens = std::find(argv, argv + argc, std::string_view("--")) != argv + argc;
    if (c.parsed() && !hyphens && classify.texts == std::vector<std::string>{"-"}) {
      classify.texts.clear();  // as other tools have it; among others, or after two hyphens, it is a text
      if (c.count("--input") > 0) throw CLI::ValidationError("- and --input cannot be used together");
      classify.input->file = "-";
    } else if (c.parsed()) {
      choose_input(c, classify.texts, classify.input);
    }
    if (c.parsed()) choose_output(c, classify);
    if (t.parsed()) choose_input(t, tokenize.texts, tokenize.input);
    if (t.parsed() && tokenize.encode.add_special_tokens && tokenize.encode.max_length < 2)
      throw CLI::ValidationError("--max-length: expected room for [CLS] and [SEP], 2 at least, found 1");
    insights.check();
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault) == 0 ? 0 : usage_error;
  }
  if (const auto done = insights.run()) return report(*done);
  return report(c.parsed()   ? classify.run()
                : t.parsed() ? tokenize.run()
                : e.parsed() ? eval.run()
                : i.parsed() ? inspect.run()
                : d.parsed() ? doctor.run()
                : v.parsed() ? verify.run()
                : p.parsed() ? pack.run()
                : q.parsed() ? quantize.run()
                             : bench.run());
} catch (const std::exception& fault) {
  std::fprintf(stderr, "distilbert: %s\n", fault.what());
  return failure;
}
