#include <cstdio>
#include <string>
#include <vector>

#include "batches.hpp"
#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "format.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

using distilbert::classification;
using distilbert::result;
using distilbert::text_classifier;

void add_list(std::string& line, std::span<const float> values) {
  line += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) line += ',';
    line += number(values[i]);
  }
  line += ']';
}

// {"label":...,"score":...
void add_pair(std::string& line, std::string_view label, float score) {
  line += "{\"label\":";
  line += json_string(label);
  line += ",\"score\":";
  line += number(score);
}

void add_json(std::string& line, text_classifier& classifier, const classification& answer,
              const classify_command& command) {
  add_pair(line, answer.label, answer.score);
  line += answer.truncated ? ",\"truncated\":true" : ",\"truncated\":false";
  if (command.top_k) {
    line += ",\"scores\":";
    char separator = '[';
    for (const auto& ranked : classifier.top(answer, *command.top_k)) {
      line += separator;
      add_pair(line, ranked.label, ranked.score);
      line += '}';
      separator = ',';
    }
    line += ']';
  }
  if (command.logits) {
    line += ",\"logits\":";
    add_list(line, answer.logits);
  }
  line += "}\n";
}

// For people: scores to four decimals, the text at the end.
void add_text(std::string& line, text_classifier& classifier, const classification& answer,
              const classify_command& command, std::string_view text) {
  const auto add = [&](std::string_view label, float score) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "\t%.4f\t", static_cast<double>(score));
    line += printable(label) + digits;
  };
  if (command.top_k)
    for (const auto& ranked : classifier.top(answer, *command.top_k)) add(ranked.label, ranked.score);
  else
    add(answer.label, answer.score);
  if (command.logits) {
    add_list(line, answer.logits);
    line += '\t';
  }
  if (answer.truncated) line += "(truncated) ";
  line += printable(text) + "\n";
}

// Tables have a column for each label's score and logit, since a cell holds one value.
void add_header(std::string& line, const text_classifier& classifier, const classify_command& command) {
  const bool csv = command.format == output_format::csv;
  line += csv ? "label,score,truncated" : "label\tscore\ttruncated";
  const auto add = [&](const char* prefix) {
    for (std::size_t i = 0; i < classifier.model().labels(); ++i) {
      const std::string name = prefix + std::string(classifier.model().label(i));
      line += csv ? "," + csv_field(name) : "\t" + printable(name);
    }
  };
  if (command.top_k) add("score_");
  if (command.logits) add("logit_");
  line += '\n';
}

void add_row(std::string& line, text_classifier& classifier, const classification& answer,
             const classify_command& command) {
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
  line += '\n';
}

}  // namespace

result<void> classify_command::run() const {
  const auto directory = model_directory(model.directory);
  if (!directory) return directory.error();
  distilbert::thread_pool pool(model.threads);
  auto loaded = text_classifier::load(*directory, model.load(pool));
  if (!loaded) return std::move(loaded).error();
  text_classifier& classifier = *loaded;
  if (auto fits = check_max_length(max_length, classifier.model().max_length()); !fits) return fits;

  const distilbert::classify_options options = {.max_length = max_length, .function = function, .executor = pool};
  const bool table = format == output_format::csv || format == output_format::tsv;
  output out;
  if (table) add_header(out.pending, classifier, *this);
  auto done = for_batches(texts, input, [&](std::span<const record> records) {
    const auto answers = classifier(texts_of(records), options);
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (table)
        add_row(out.pending, classifier, answers[i], *this);
      else if (format == output_format::jsonl)
        add_json(out.pending, classifier, answers[i], *this);
      else
        add_text(out.pending, classifier, answers[i], *this, records[i].text);
    }
    return out.flush();
  });
  if (!done) return done;
  return out.flush();
}

}  // namespace tool
