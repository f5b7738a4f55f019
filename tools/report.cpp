#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "batch_reader.hpp"
#include "batches.hpp"
#include "distilbert/core/json.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/io/manifest.hpp"
#include "distilbert/pipeline/abstention.hpp"
#include "distilbert/pipeline/calibration_file.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "insight_commands.hpp"
#include "line_source.hpp"
#include "model_directory.hpp"
#include "no_label.hpp"
#include "report_data.hpp"
#include "true_labels.hpp"

namespace tool {

using distilbert::errc;
using distilbert::error;
using distilbert::result;

namespace {

// A column's value in a record: a cell of a table, or a field of an object.
result<std::string> value_of(const record& r, const std::vector<std::string>& columns, const std::string& name,
                             const std::string& file) {
  const auto at = std::find(columns.begin(), columns.end(), name);
  if (at != columns.end() && static_cast<std::size_t>(at - columns.begin()) < r.cells.size())
    return r.cells[static_cast<std::size_t>(at - columns.begin())];
  if (!r.object.empty()) {
    const auto object = distilbert::json::parse(r.object, file);
    if (!object) return object.error();
    const auto* value = object->find(name);
    if (value != nullptr && value->is(distilbert::json::value::kind::string)) return value->string;
    if (value != nullptr && value->is(distilbert::json::value::kind::unsigned_integer))
      return std::to_string(value->integer);
    if (value == nullptr || value->is(distilbert::json::value::kind::null)) return std::string();
  }
  return error{errc::invalid_input, shown_name(file) + ":" + std::to_string(r.line) +
                                        ": expected a column or field \"" + name +
                                        "\" with a text or a whole number, found none"};
}

result<void> explain_all(distilbert::text_classifier& classifier, std::vector<report_example>& examples,
                         std::size_t max_length, distilbert::parallel_ref executor) {
  for (report_example& e : examples) {
    auto why = explain(classifier, e.text, {.max_length = max_length, .executor = executor});
    if (!why) return why.error();
    e.why = *std::move(why);
  }
  return {};
}

}  // namespace

void report_data::add_date(const std::string& date, std::size_t label) {
  const auto digits = [&](std::size_t from, std::size_t n) {
    return date.size() >= from + n && std::all_of(date.begin() + static_cast<std::ptrdiff_t>(from),
                                                  date.begin() + static_cast<std::ptrdiff_t>(from + n),
                                                  [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  const auto below = [&](std::size_t from, int most) {
    const int n = (date[from] - '0') * 10 + date[from + 1] - '0';
    return n >= 1 && n <= most;
  };
  const bool month = digits(0, 4) && digits(5, 2) && date[4] == '-' && below(5, 12);
  const bool day = month && digits(8, 2) && date[7] == '-' && below(8, 31);
  if (!month || (!day && date.size() > 7)) {
    ++unreadable_dates;
    return;
  }
  auto [at, added] = days.try_emplace(date.substr(0, day ? 10 : 7));
  if (added) at->second = empty_counts();
  at->second.add(label);
}

std::map<std::string, label_counts> report_data::periods() const {
  if (days.size() <= 62) return days;
  std::map<std::string, label_counts> months;
  for (const auto& [day, of_day] : days) {
    auto [at, added] = months.try_emplace(day.substr(0, 7));
    if (added) at->second = empty_counts();
    for (std::size_t l = 0; l < of_day.by_label.size(); ++l) at->second.by_label[l] += of_day.by_label[l];
    at->second.total += of_day.total;
  }
  return months;
}

result<void> report_command::run() const {
  std::optional<distilbert::abstention> abstain;
  if (!neutral.empty()) {
    auto rule = distilbert::abstention::parse(neutral);
    if (!rule) return error{errc::invalid_argument, "--neutral: " + rule.error().message};
    abstain = *rule;
  }
  const auto directory = model_directory(model.directory);
  if (!directory) return directory.error();
  distilbert::thread_pool pool(model.threads);
  auto loaded = distilbert::text_classifier::load(*directory, model.load(pool));
  if (!loaded) return std::move(loaded).error();
  distilbert::text_classifier& classifier = *loaded;
  const distilbert::text_model& known = classifier.model();
  if (known.labels() < 2 || known.default_function() != distilbert::score_function::softmax)
    return error{errc::unsupported_model, directory->string() + ": expected a model whose labels exclude each other"};
  if (abstain && abstain->is_band() && known.labels() != 2)
    return error{errc::invalid_argument, "--neutral: expected a score: a band is for models of two labels"};
  if (auto fits = check_max_length(max_length, known.max_length()); !fits) return fits;

  report_origin origin{.title = title.empty() ? std::filesystem::path(input.file).filename().string() : title,
                       .input = std::filesystem::path(shown_name(input.file)).filename().string(),
                       .model = directory->filename().string(),
                       .group_column = group_column,
                       .time_column = time_column,
                       .neutral = neutral,
                       .label_column = input.label_column,
                       .parameters = static_cast<std::size_t>(known.origin().parameters)};
  if (!calibration.empty()) {
    const auto read = distilbert::calibration::load(calibration, known);
    if (!read) return read.error();
    origin.temperature = read->temperature;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(*directory)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".json" || extension == ".safetensors" || extension == ".packed" ||
                                    entry.path().filename() == "vocab.txt"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const auto hash = distilbert::manifest::hash_of(file);
    if (!hash) return hash.error();
    origin.hashes.emplace_back(file.filename().string(), *hash);
  }

  input_options reading = input;
  reading.keep_columns = !group_column.empty() || !time_column.empty();
  auto reader = batch_reader::open(reading);
  if (!reader) return std::move(reader).error();
  const std::vector<std::string> columns = reading.keep_columns ? reader->columns() : std::vector<std::string>();
  report_data data(known.config().labels, examples);
  progress shown(reading, false);
  distilbert::encoding room;
  std::vector<float> scores(known.labels());
  auto done = for_batches(*reader, shown, [&](std::span<const record> records) -> result<void> {
    const auto answers = classifier(texts_of(records), {.max_length = max_length, .executor = pool});
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& answer = answers[i];
      if (!answer.has_label()) return no_label(records[i].line);
      std::copy(answer.scores.begin(), answer.scores.end(), scores.begin());
      if (origin.temperature != 1)
        scores_at(origin.temperature, distilbert::score_function::softmax, answer.logits, scores);
      const auto best = static_cast<std::size_t>(answer.label_id);
      const bool none = abstain && (*abstain)(scores);
      const std::size_t label = none ? known.labels() : best;
      data.add(records[i].text, {best, none, answer.truncated, scores},
               signals_of(known, records[i].text, scores, room));
      if (!group_column.empty()) {
        const auto group = value_of(records[i], columns, group_column, input.file);
        if (!group) return group.error();
        data.add_group(*group, label);
      }
      if (!time_column.empty()) {
        const auto date = value_of(records[i], columns, time_column, input.file);
        if (!date) return date.error();
        data.add_date(*date, label);
      }
      if (input.label_column.empty()) continue;
      const auto truth = label_id(known, records[i].label);
      if (!truth) return unknown_label(known, input, records[i]);
      data.truth.add(answer.logits, *truth);
      ++data.confusion[*truth][best];
    }
    return {};
  });
  if (!done) return done;
  for (auto& [label, kept] : data.most_certain)
    if (auto explained = explain_all(classifier, kept, max_length, pool); !explained) return explained;
  if (auto explained = explain_all(classifier, data.least_certain, max_length, pool); !explained) return explained;

  std::ofstream file(output, std::ios::binary | std::ios::trunc);
  if (file << report_page(data, origin) && file.flush()) return {};
  return error{errc::io_error, output + ": cannot be written"};
}

}  // namespace tool
