#include <algorithm>
#include <cstdio>
#include <string>

#include "batches.hpp"
#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

using distilbert::classification;
using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_classifier;

std::string list(std::span<const float> values) {
  std::string text;
  for (const float v : values) text += (text.empty() ? "" : ",") + number(v);
  return text;
}

std::string json_line(text_classifier& classifier, const classification& answer, const classify_command& command) {
  std::string line = "{\"label\":" + quoted(answer.label) + ",\"score\":" + number(answer.score) +
                     ",\"truncated\":" + (answer.truncated ? "true" : "false");
  if (command.top_k) {
    line += ",\"scores\":[";
    bool first = true;
    for (const auto& ranked : classifier.top(answer, *command.top_k)) {
      line += std::string(first ? "" : ",") + "{\"label\":" + quoted(ranked.label) +
              ",\"score\":" + number(ranked.score) + "}";
      first = false;
    }
    line += "]";
  }
  if (command.logits) line += ",\"logits\":[" + list(answer.logits) + "]";
  return line + "}\n";
}

std::string text_line(text_classifier& classifier, const classification& answer, const classify_command& command,
                      std::string_view text) {
  const auto pair = [](std::string_view label, float score) {
    char digits[48];
    std::snprintf(digits, sizeof digits, "\t%.4f", static_cast<double>(score));
    return printable(label) + digits + "\t";
  };
  std::string line;
  if (command.top_k)
    for (const auto& ranked : classifier.top(answer, *command.top_k)) line += pair(ranked.label, ranked.score);
  else
    line = pair(answer.label, answer.score);
  if (command.logits) line += "[" + list(answer.logits) + "]\t";
  if (answer.truncated) line += "(truncated) ";
  return line + printable(text) + "\n";
}

// Tables have a column for each label's score and logit, since a cell holds one value.
std::string table_header(const text_classifier& classifier, const classify_command& command) {
  const std::string separator(1, command.format == output_format::csv ? ',' : '\t');
  std::string line = "label" + separator + "score" + separator + "truncated";
  const auto add = [&](const char* prefix) {
    for (std::size_t i = 0; i < classifier.model().labels(); ++i)
      line += separator + field(prefix + std::string(classifier.model().label(i)), command.format);
  };
  if (command.top_k) add("score_");
  if (command.logits) add("logit_");
  return line + "\n";
}

std::string table_line(text_classifier& classifier, const classification& answer, const classify_command& command) {
  const std::string separator(1, command.format == output_format::csv ? ',' : '\t');
  std::string line = field(answer.label, command.format) + separator + number(answer.score) + separator +
                     (answer.truncated ? "true" : "false");
  if (command.top_k) {
    std::vector<std::string> cells(answer.scores.size());  // labels below the k best stay empty
    for (const auto& ranked : classifier.top(answer, *command.top_k))
      cells[static_cast<std::size_t>(ranked.label_id)] = number(ranked.score);
    for (const std::string& cell : cells) line += separator + cell;
  }
  if (command.logits)
    for (const float logit : answer.logits) line += separator + number(logit);
  return line + "\n";
}

}  // namespace

result<void> classify_command::run() const {
  auto loaded = text_classifier::load(model_directory(model.directory), {.isa = model.isa});
  if (!loaded) return std::move(loaded).error();
  text_classifier& classifier = *loaded;
  if (max_length > classifier.model().max_length())
    return error{errc::invalid_argument, "--max-length: expected at most the " +
                                             std::to_string(classifier.model().max_length()) +
                                             " tokens that the model takes, found " + std::to_string(max_length)};
  distilbert::thread_pool pool(model.threads);
  const distilbert::classify_options options = {.max_length = max_length, .function = function, .executor = pool};
  const bool table = format == output_format::csv || format == output_format::tsv;
  output out;
  if (table) out.append(table_header(classifier, *this));
  auto done = for_batches(texts, input, [&](std::span<const record> records) {
    const auto answers = classifier(texts_of(records), options);
    for (std::size_t i = 0; i < records.size(); ++i)
      out.append(table                            ? table_line(classifier, answers[i], *this)
                 : format == output_format::jsonl ? json_line(classifier, answers[i], *this)
                                                  : text_line(classifier, answers[i], *this, records[i].text));
    return out.flush();
  });
  if (!done) return done;
  return out.flush();
}

}  // namespace tool
