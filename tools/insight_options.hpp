#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "arguments.hpp"
#include "insight_commands.hpp"
#include "options.hpp"
#include "terminal.hpp"

namespace tool {

inline const choices<explain_format> explain_formats = {
    {"text", explain_format::text}, {"jsonl", explain_format::jsonl}, {"html", explain_format::html}};

/// The commands that say how far answers are to be believed: explain, calibrate, compare, report.
class insight_commands {
 public:
  explicit insight_commands(CLI::App& app)
      : explain_app_(*app.add_subcommand("explain", "Show what each word adds to the answer about a text")),
        calibrate_app_(*app.add_subcommand("calibrate", "Make scores say how often they are right, by labelled texts")),
        compare_app_(*app.add_subcommand("compare", "Run two models over the same texts")),
        report_app_(*app.add_subcommand("report", "Write a page about the texts of a file")) {
    add_explain();
    add_calibrate();
    add_compare();
    add_report();
    for (CLI::App* command : {&explain_app_, &calibrate_app_, &compare_app_, &report_app_})
      for (CLI::Option* option : command->get_options())
        if (option->get_items_expected_max() > 0) option->transform(shown_argument);
  }
  insight_commands(const insight_commands&) = delete;
  insight_commands& operator=(const insight_commands&) = delete;

  /// What can only be told when all arguments are there. Throws CLI::ValidationError.
  void check() {
    if (compare_app_.parsed() && compare_.models.size() != 2)
      throw CLI::ValidationError("--model: expected it twice, for two models, found it " +
                                 std::to_string(compare_.models.size()) + " times");
    if (!explain_app_.parsed()) return;
    const bool named = explain_app_.count("--input") > 0;
    if (!explain_.texts.empty() && named) throw CLI::ValidationError("TEXT and --input cannot be used together");
    if (!explain_.texts.empty()) {
      explain_.input.reset();
    } else if (!named) {
      if (is_terminal(stdin))
        throw CLI::ValidationError("expected a TEXT, --input FILE, or a pipe on standard input, found none");
      explain_.input->file = "-";
    }
  }

  /// Runs the one that was asked for, if any was.
  std::optional<distilbert::result<void>> run() const {
    if (explain_app_.parsed()) return explain_.run();
    if (calibrate_app_.parsed()) return calibrate_.run();
    if (compare_app_.parsed()) return compare_.run();
    if (report_app_.parsed()) return report_.run();
    return std::nullopt;
  }

 private:
  static constexpr const char* max_length_help =
      "Tokens of a text to read, [CLS] and [SEP] included (default: all that the model takes)";

  static CLI::Option* add_count(CLI::App& app, const std::string& option, std::size_t& out, std::size_t least,
                                std::size_t most, const std::string& help) {
    return app.add_option(option, out, help)->check(CLI::Range(least, most).description(""))->type_name("N");
  }

  static void add_label_column(CLI::App& app, input_options& input, const std::string& help) {
    app.add_option("--label-column", input.label_column, help)->type_name("NAME");
  }

  void add_explain() {
    CLI::App& app = explain_app_;
    app.footer("Example: distilbert explain \"not a very good film\"");
    add_texts(app, explain_.texts);
    add_model(app, explain_.model.directory);
    add_input(app, explain_.input.emplace());
    add_choice(app, "--output-format", explain_formats, explain_.format, "Format (default: text)");
    app.add_option("--label", explain_.label, "Label to explain, a name or an id (default: each text's best)")
        ->type_name("LABEL");
    add_count(app, "--permutations", explain_.permutations, 4, std::size_t{1} << 16,
              "Orders of the words to sample, where a text has more than eight (default: 32)");
    app.add_option("--seed", explain_.seed, "Seed of the sampling (default: 0)")->type_name("N");
    add_max_length(app, explain_.max_length, 3, max_length_help);
    add_engine(app, explain_.model);
  }

  void add_calibrate() {
    CLI::App& app = calibrate_app_;
    app.footer("Example: distilbert calibrate --input labelled.tsv --output calibration.json");
    add_model(app, calibrate_.model.directory);
    add_input(app, calibrate_.input)->required();
    calibrate_.input.label_column = "label";
    add_label_column(app, calibrate_.input, "Field or column of the label, a name or an id (default: label)");
    app.add_option("-o,--output", calibrate_.output, "File to write (default: calibration.json beside the model)")
        ->type_name("FILE");
    app.add_flag("--dry-run", calibrate_.dry_run, "Write no file");
    app.add_flag("--halves", calibrate_.halves, "Also fit on every other text and measure on the rest, both ways");
    app.add_option("--precision", calibrate_.precision,
                   "Say from which score on this share of answers is right (default: 0.95)")
        ->check(CLI::Range(0.0, 1.0).description(""))
        ->type_name("P");
    app.add_option("--neutral", calibrate_.neutral, "Also measure this abstention, as classify has it")
        ->type_name("LOW..HIGH|SCORE");
    add_count(app, "--bins", calibrate_.bins, 1, 1000, "Bins of the reliability table (default: 15)");
    add_choice(app, "--output-format", report_formats, calibrate_.format, "Format of the measures (default: text)");
    add_max_length(app, calibrate_.max_length, 2, max_length_help);
    add_engine(app, calibrate_.model);
  }

  void add_compare() {
    CLI::App& app = compare_app_;
    app.footer("Example: distilbert compare --model models/sst2-mini --model other --input reviews.csv");
    app.add_option("-m,--model", compare_.models, "Model directory; given twice")
        ->type_name("DIR")
        ->allow_extra_args(false);
    add_input(app, compare_.input)->required();
    add_label_column(app, compare_.input, "Field or column of the label: also count who is right (default: none)");
    add_count(app, "--flips", compare_.flips, 0, std::size_t{1} << 30,
              "Texts with another label to list (default: 20)");
    add_choice(app, "--output-format", report_formats, compare_.format, "Format (default: text)");
    add_max_length(app, compare_.max_length, 2, max_length_help);
    add_engine(app, compare_.engine);
  }

  void add_report() {
    CLI::App& app = report_app_;
    app.footer("Example: distilbert report --input reviews.csv --group-by product --time date --output report.html");
    add_model(app, report_.model.directory);
    add_input(app, report_.input)->required();
    add_label_column(app, report_.input, "Field or column of the true label: also say how often answers are right");
    app.add_option("-o,--output", report_.output, "File to write")->type_name("FILE")->required();
    app.add_option("--title", report_.title, "Title of the page (default: the input's name)")->type_name("TEXT");
    app.add_option("--group-by", report_.group_column, "Column whose values are told apart")->type_name("COLUMN");
    app.add_option("--time", report_.time_column, "Column of dates, YYYY-MM-DD first: a trend over time")
        ->type_name("COLUMN");
    app.add_option("--neutral", report_.neutral,
                   "Give no label below this score or inside this band, as classify has it")
        ->type_name("LOW..HIGH|SCORE");
    app.add_option("--calibration", report_.calibration, "Scores by this file of calibrate")->type_name("FILE");
    add_count(app, "--examples", report_.examples, 0, 100, "Most and least certain texts to show (default: 5)");
    add_max_length(app, report_.max_length, 3, max_length_help);
    add_engine(app, report_.model);
  }

  CLI::App &explain_app_, &calibrate_app_, &compare_app_, &report_app_;
  explain_command explain_;
  calibrate_command calibrate_;
  compare_command compare_;
  report_command report_;
};

}  // namespace tool
