#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "answer_extras.hpp"
#include "answer_file.hpp"
#include "answer_stream.hpp"
#include "batches.hpp"
#include "byte_source.hpp"
#include "colours.hpp"
#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "format.hpp"
#include "kept_columns.hpp"
#include "line_source.hpp"
#include "model_directory.hpp"
#include "model_identity.hpp"
#include "no_label.hpp"

namespace tool {
namespace {

using distilbert::classification;
using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_classifier;

// Faults of the input that standard error tells one by one; the others are counted.
constexpr std::size_t faults_told = 10;

void add_list(std::string& line, std::span<const float> values) {
  line += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) line += ',';
    line += number(values[i]);
  }
  line += ']';
}

// The names of the answer's fields, or of its columns.
struct answer_names {
  answer_names(const text_classifier& classifier, const classify_command& command,
               const std::optional<answer_extras>& extras) {
    const auto add = [&](std::string name) { all.push_back(command.prefix + std::move(name)); };
    for (const char* name : {"label", "score", "truncated"}) add(name);
    if (command.format == output_format::jsonl) {
      if (command.top_k) add("scores");
      if (command.logits) add("logits");
    } else {
      for (const char* kind : {"score_", "logit_"})
        if (kind[0] == 's' ? command.top_k.has_value() : command.logits)
          for (std::size_t i = 0; i < classifier.model().labels(); ++i)
            add(kind + std::string(classifier.model().label(i)));
    }
    if (extras)
      for (std::string& name : extras->names(command.format == output_format::jsonl)) add(std::move(name));
    if (command.faults == on_error::record) add("error");
    for (const std::string& name : all) keys.push_back(json_string(name) + ":");
  }
  std::vector<std::string> all;
  std::vector<std::string> keys;  // as an object has them
};

void add_json(std::string& line, text_classifier& classifier, const classification& answer,
              const classify_command& command, const answer_names& names, std::span<const std::string> extras) {
  const std::string* key = names.keys.data();
  line.append(*key++).append(json_string(answer.label)).append(",");
  line.append(*key++).append(number(answer.score)).append(",");
  line.append(*key++).append(answer.truncated ? "true" : "false");
  if (command.top_k) {
    line.append(",").append(*key++);
    char separator = '[';
    for (const auto& ranked : classifier.top(answer, *command.top_k)) {
      line.append(1, separator).append("{\"label\":").append(json_string(ranked.label));
      line.append(",\"score\":").append(number(ranked.score)).append("}");
      separator = ',';
    }
    line += ']';
  }
  if (command.logits) {
    line.append(",").append(*key++);
    add_list(line, answer.logits);
  }
  for (const std::string& value : extras) line.append(",").append(*key++).append(value);
  line += "}\n";
}

// For people: scores to four decimals, the text at the end.
void add_text(std::string& line, text_classifier& classifier, const classification& answer,
              const classify_command& command, std::string_view text, bool colours, const std::string& remarks) {
  const auto add = [&](std::string_view label, float score) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "\t%.4f\t", static_cast<double>(score));
    if (colours) line += bold;
    line += printable(label);
    if (colours) line += plain;
    line += digits;
  };
  if (command.top_k)
    for (const auto& ranked : classifier.top(answer, *command.top_k)) add(ranked.label, ranked.score);
  else
    add(answer.label, answer.score);
  if (command.logits) {
    add_list(line, answer.logits);
    line += '\t';
  }
  if (answer.truncated && remarks.empty()) line += "(truncated) ";
  line += remarks;
  line += printable(text) + "\n";
}

// Tables have a column for each label's score and logit, since a cell holds one value.
void add_header(std::string& line, const answer_names& names, output_format format) {
  const bool csv = format == output_format::csv;
  const char* separator = "";
  for (const std::string& name : names.all) {
    line += separator + (csv ? csv_field(name) : printable(name));
    separator = csv ? "," : "\t";
  }
  line += '\n';
}

void add_row(std::string& line, text_classifier& classifier, const classification& answer,
             const classify_command& command, std::span<const std::string> extras) {
  const bool csv = command.format == output_format::csv;
  const char separator = csv ? ',' : '\t';
  line += csv ? csv_field(answer.label) : printable(answer.label);
  line += separator + number(answer.score) + separator + (answer.truncated ? "true" : "false");
  if (command.top_k) {
    std::vector<std::string> cells(answer.scores.size());  // of labels below the k best: empty
    for (const auto& ranked : classifier.top(answer, *command.top_k))
      cells[static_cast<std::size_t>(ranked.label_id)] = number(ranked.score);
    for (const std::string& cell : cells) line += separator + cell;
  }
  if (command.logits)
    for (const float logit : answer.logits) line += separator + number(logit);
  for (const std::string& value : extras) line += separator + (csv ? csv_field(value) : printable(value));
  if (command.faults == on_error::record) line += separator;
  line += '\n';
}

// In an answer's place: why there is none.
void add_fault(std::string& line, const std::string& fault, const answer_names& names, const classify_command& command,
               std::size_t kept_cells) {
  if (command.format == output_format::text) {
    line += "(error)\t" + printable(fault) + "\n";
  } else if (command.format == output_format::jsonl) {
    line += "{" + names.keys.back() + json_string(fault) + "}\n";
  } else {
    const bool csv = command.format == output_format::csv;
    line.append(kept_cells + names.all.size() - 1, csv ? ',' : '\t');
    line += (csv ? csv_field(fault) : printable(fault)) + "\n";
  }
}

}  // namespace

result<void> classify_command::run() const {
  const auto directory = model_directory(model);
  if (!directory) return directory.error();
  distilbert::thread_pool pool(model.threads);
  auto loaded = text_classifier::load(*directory, model.load(pool));
  if (!loaded) return std::move(loaded).error();
  text_classifier& classifier = *loaded;
  if (auto fits = check_max_length(max_length, classifier.model().max_length()); !fits) return fits;

  const distilbert::classify_options options = {.max_length = max_length, .function = function, .executor = pool};
  std::optional<answer_extras> extras;
  if (extra.any()) {
    auto made = answer_extras::make(extra, classifier);
    if (!made) return std::move(made).error();
    extras = *std::move(made);
    if (logits && extra.overflow == distilbert::overflow::windows)
      return error{errc::invalid_argument, "--logits: expected one window, found --overflow windows"};
  }
  const answer_names names(classifier, *this, extras);
  input_options reading = input.value_or(input_options{});
  reading.taken_names = names.all;
  reading.keep_faults = faults != on_error::stop;
  if (reading.keep_columns)
    if (auto fits = check_keeping(reading, format); !fits) return fits;

  // Where answers go, and from where on.
  std::unique_ptr<answer_sink> sink = std::make_unique<standard_output>();
  checkpoint begin;
  std::string growing;
  if (!output.empty()) {
    if (resume && answer_file::is_complete(output)) {
      std::fprintf(stderr, "distilbert: %s is complete already\n", output.c_str());
      return {};
    }
    auto file = answer_file::open(output, asked + model_identity(classifier.model(), *directory), resume);
    if (!file) return std::move(file).error();
    begin = (*file)->begin();
    growing = (*file)->growing();
    sink = *std::move(file);
  }
  const bool to_terminal = output.empty() && is_terminal(stdout);
  const bool colours = to_terminal && takes_colours(stdout);
  std::vector<std::string> columns;
  std::optional<batch_reader> reader;
  if (input) {
    auto opened = batch_reader::open(reading);
    if (!opened) return std::move(opened).error();
    if (reading.keep_columns) columns = opened->columns();
    if (auto named = check_names(columns, format); !named) return named;
    reader = *std::move(opened);
    const auto same = reader->skip(begin.records, begin.input);
    if (!same) return same.error();
    if (!*same)
      return error{errc::invalid_argument, "--resume: expected the input that " + growing +
                                               " has the answers of, found " + shown_name(input->file) +
                                               " with other texts"};
  }

  answer_stream out(std::move(sink), begin);
  if (begin.records == 0 && (format == output_format::csv || format == output_format::tsv)) {
    add_cells(out.pending, columns, format);
    add_header(out.pending, names, format);
  }
  progress shown(reading, to_terminal);
  std::size_t unread = 0;
  const auto answer = [&](std::span<const record> records) -> result<void> {
    std::vector<std::string_view> texts;
    texts.reserve(records.size());
    for (const record& r : records)
      if (r.fault.empty()) texts.push_back(r.text);
    std::span<const classification> answers;
    if (extras) {
      auto told = (*extras)(texts, options);
      if (!told) return std::move(told).error();
      answers = *told;
    } else {
      answers = classifier(texts, options);
    }
    std::size_t next = 0;
    for (const record& r : records) {
      std::string& line = out.pending;
      const bool read = r.fault.empty();
      const std::size_t i = next;
      next += read ? 1U : 0U;
      std::string fault = r.fault;
      if (read && extras && !(fault = extras->fault(i)).empty()) {
        fault = (input ? shown_name(input->file) + ":" + std::to_string(r.line) : "text " + std::to_string(i + 1)) +
                ": " + fault;
        if (faults == on_error::stop) return error{errc::invalid_input, std::move(fault)};
      }
      if (read && fault.empty() && !answers[i].has_label()) {
        const error unknown = no_label(r.line);
        if (faults == on_error::stop) return unknown;  // the answers before it stand
        fault = unknown.message;
      }
      std::vector<std::string> values;
      if (extras && read) values = extras->values(i, format == output_format::jsonl);
      if (!fault.empty()) {
        if (++unread <= faults_told) shown.say("distilbert: " + fault);
        if (faults == on_error::record) add_fault(line, fault, names, *this, columns.size());
      } else if (format == output_format::jsonl) {
        if (reading.keep_columns)
          add_object(line, r, columns);
        else
          line += '{';
        add_json(line, classifier, answers[i], *this, names, values);
      } else if (format == output_format::text) {
        add_text(line, classifier, answers[i], *this, r.text, colours, extras ? extras->remarks(i) : "");
      } else {
        add_cells(line, r.cells, format);
        add_row(line, classifier, answers[i], *this, values);
      }
      out.end_record(r.checksum);
    }
    return out.flush();
  };
  shown.begin_at(reader ? reader->position() : 0);
  auto done = reader ? for_batches(*reader, shown, answer) : answer(records_of(texts));
  auto written = out.finish(done.has_value());
  if (unread > 0) shown.say("distilbert: " + std::to_string(unread) + " of the input's records could not be read");
  if (!written) return written;
  if (!done && !growing.empty() && growing != output)
    return error{done.error().code, done.error().message + "; the answers so far are in " + growing};
  return done;
}

}  // namespace tool
