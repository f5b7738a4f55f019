#include "distilbert/pipeline/explain.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include "batches.hpp"
#include "colours.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "format.hpp"
#include "html.hpp"
#include "insight_commands.hpp"
#include "model_directory.hpp"
#include "true_labels.hpp"

namespace tool {
namespace {

using distilbert::explanation;
using distilbert::result;

std::string fixed(double value, const char* format) {
  char digits[64];
  std::snprintf(digits, sizeof digits, format, value);
  return digits;
}

std::string_view word_of(std::string_view text, const distilbert::explained_part& part) {
  return text.substr(part.bytes.begin, part.bytes.end - part.bytes.begin);
}

// Green speaks for the label, red against it; bold where it is strong.
std::string coloured(std::string_view text, const explanation& why) {
  std::string line;
  std::size_t at = 0;
  for (const auto& part : why.parts) {
    line += printable(text.substr(at, part.bytes.begin - at));
    at = part.bytes.end;
    const int level = mark_level(why, part.contribution);
    if (level > 0) line += std::string("\033[") + (level > 2 ? "1;" : "") + (part.contribution < 0 ? "31m" : "32m");
    line += printable(word_of(text, part));
    if (level > 0) line += "\033[0m";
  }
  return line + printable(text.substr(at));
}

void add_text(std::string& out, std::string_view text, const explanation& why, bool colours) {
  out += printable(why.label) + fixed(static_cast<double>(why.score), "\t%.4f\t") +
         (why.truncated ? "(truncated) " : "") + (colours ? coloured(text, why) : printable(text)) + "\n";
  out += fixed(why.logit, "logit %.4f") + fixed(why.empty_logit, ", of the empty text %.4f") +
         (why.exact ? ": exact\n" : "\n");
  for (const auto& part : why.parts)
    out += fixed(part.contribution, "%+9.4f") + (why.exact ? "" : fixed(part.standard_error, " ± %.4f")) + "  " +
           printable(word_of(text, part)) + "\n";
  out += "\n";
}

void add_json(std::string& out, std::string_view text, const explanation& why) {
  out += "{\"label\":" + json_string(why.label) + ",\"score\":" + number(static_cast<double>(why.score)) +
         ",\"logit\":" + number(why.logit) + ",\"empty_logit\":" + number(why.empty_logit) +
         ",\"exact\":" + (why.exact ? "true" : "false") + ",\"truncated\":" + (why.truncated ? "true" : "false") +
         ",\"evaluations\":" + std::to_string(why.evaluations) + ",\"words\":[";
  const char* separator = "";
  for (const auto& part : why.parts) {
    out += separator + ("{\"word\":" + json_string(word_of(text, part))) +
           ",\"begin\":" + std::to_string(part.bytes.begin) + ",\"end\":" + std::to_string(part.bytes.end) +
           ",\"contribution\":" + number(part.contribution) + ",\"standard_error\":" + number(part.standard_error) +
           "}";
    separator = ",";
  }
  out += "]}\n";
}

void add_html(std::string& out, std::string_view text, const explanation& why) {
  out += "<section><h2>" + html_text(why.label) + fixed(static_cast<double>(why.score), " %.4f") + "</h2><p>" +
         marked_html(text, why) + "</p></section>\n";
}

std::string page_begin() {
  return std::string(
             "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
             "content=\"width=device-width,initial-scale=1\"><title>What each word adds</title><style>"
             ":root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:auto;"
             "padding:1rem;overflow-wrap:anywhere}h2{font-size:1rem;margin:1.5rem 0 0}p{margin:.2rem 0;"
             "white-space:pre-wrap}") +
         mark_styles +
         "</style></head><body><main><h1>What each word adds</h1><p>Green, solid line: speaks for the label. Red, "
         "dashed "
         "line: against it. Shapley values of the label's logit; they tell what the model did, not whether it is "
         "right.</p>\n";
}

}  // namespace

result<void> explain_command::run() const {
  const auto directory = model_directory(model.directory);
  if (!directory) return directory.error();
  distilbert::thread_pool pool(model.threads);
  auto classifier = distilbert::text_classifier::load(*directory, model.load(pool));
  if (!classifier) return std::move(classifier).error();
  if (auto fits = check_max_length(max_length, classifier->model().max_length()); !fits) return fits;
  distilbert::explain_options options = {
      .permutations = permutations, .seed = seed, .max_length = max_length, .executor = pool};
  if (!label.empty()) {
    const auto id = label_id(classifier->model(), label);
    if (!id)
      return distilbert::error{distilbert::errc::invalid_argument,
                               "--label: expected one of the model's labels, found " + label};
    options.label_id = static_cast<std::int32_t>(*id);
  }

  output out;
  const bool colours = takes_colours(stdout);
  if (format == explain_format::html) out.pending += page_begin();
  auto done = for_batches(texts, input, [&](std::span<const record> records) -> result<void> {
    for (const record& r : records) {
      const auto why = explain(*classifier, r.text, options);
      if (!why) return why.error();
      if (format == explain_format::html)
        add_html(out.pending, r.text, *why);
      else if (format == explain_format::jsonl)
        add_json(out.pending, r.text, *why);
      else
        add_text(out.pending, r.text, *why, colours);
      if (auto written = out.flush(); !written) return written;
    }
    return {};
  });
  if (!done) return done;
  if (format == explain_format::html) out.pending += "</main></body></html>\n";
  return out.flush();
}

}  // namespace tool
