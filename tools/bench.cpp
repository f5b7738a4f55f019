#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "batches.hpp"
#include "bench_requests.hpp"
#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "line_source.hpp"
#include "measure/limits.hpp"
#include "measure/workload.hpp"
#include "model_directory.hpp"
#include "output.hpp"

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_classifier;
using json = nlohmann::ordered_json;

constexpr std::array<std::size_t, 7> usual_lengths = {8, 16, 32, 64, 128, 256, 512};

// One line of the report.
struct row {
  std::optional<std::size_t> length;  // of a text; none: a batch from a file
  std::size_t texts = 0, tokens = 0;
  measure::timings seconds;
  measure::work work;
};

// What all rows have in common.
struct setting {
  std::string isa, weights;
  std::size_t threads = 1, rounds = 1;
  measure::limits limits;
};

result<std::vector<std::size_t>> chosen_lengths(const bench_command& command, const distilbert::text_model& model) {
  const auto longest = static_cast<std::size_t>(model.config().max_position_embeddings);
  for (const std::size_t length : command.lengths)
    if (length > longest)
      return error{errc::invalid_argument, "--lengths: expected at most " + std::to_string(longest) +
                                               ", the tokens that the model takes, found " + std::to_string(length)};
  std::vector<std::size_t> lengths = command.lengths;
  if (lengths.empty() && !command.batch) {
    for (const std::size_t length : usual_lengths)
      if (length <= longest) lengths.push_back(length);
    if (lengths.empty()) lengths.push_back(longest);
  }
  return lengths;
}

row time_length(text_classifier& classifier, std::size_t length, std::size_t rounds,
                distilbert::parallel_ref parallel) {
  const measure::id_texts text = measure::text_of_length(classifier.model(), length);
  const auto timed = [&] { return measure::seconds_of_ids(classifier, text, parallel); };
  return {length, 1, length, measure::time_rounds(rounds, timed),
          measure::work_of(classifier.model(), std::array{length})};
}

result<row> time_batch(text_classifier& classifier, const input_options& input, std::size_t rounds,
                       distilbert::parallel_ref parallel) {
  auto reader = record_reader::open(input);
  if (!reader) return std::move(reader).error();
  std::vector<record> records;
  for (record next;;) {
    const auto read = (*reader)->next(next);
    if (!read) return read.error();
    if (!*read) break;
    records.push_back(std::move(next));
  }
  if (records.empty()) return error{errc::invalid_input, shown_name(input.file) + ": expected texts, found none"};
  const std::vector<std::string_view> texts = texts_of(records);
  const auto timed = [&] { return measure::seconds_of_texts(classifier, texts, parallel); };
  row found{std::nullopt, texts.size(), 0, measure::time_rounds(rounds, timed), {}};
  const auto lengths = measure::lengths_of(classifier(texts, {.executor = parallel}));
  found.tokens = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  found.work = measure::work_of(classifier.model(), lengths);
  return found;
}

json fields(const row& r, const setting& s) {
  const double best = r.seconds.best, flops = r.work.flop / best, bytes = r.work.bytes / best;
  return {{"length", r.length ? json(*r.length) : json()},
          {"threads", s.threads},
          {"isa", s.isa},
          {"weights", s.weights},
          {"best_ms", best * 1e3},
          {"median_ms", r.seconds.median * 1e3},
          {"tokens_per_second", static_cast<double>(r.tokens) / best},
          {"texts_per_second", static_cast<double>(r.texts) / best},
          {"gflops", flops * 1e-9},
          {"percent_of_fma_peak", 100 * flops / s.limits.flops},
          {"weights_gb_per_second", bytes * 1e-9},
          {"percent_of_bandwidth", 100 * bytes / s.limits.bytes_per_second},
          {"texts", r.texts},
          {"tokens", r.tokens},
          {"rounds", s.rounds},
          {"fma_peak_gflops", s.limits.flops * 1e-9},
          {"bandwidth_gb_per_second", s.limits.bytes_per_second * 1e-9}};
}

std::string csv(const std::vector<row>& rows, const setting& s) {
  std::string names, table;
  for (const row& r : rows) {
    const json cells = fields(r, s);
    names.clear();
    std::string line;
    for (const auto& [name, value] : cells.items()) {
      const char* separator = names.empty() ? "" : ",";
      names += separator + name;
      line += separator;
      if (!value.is_null()) line += value.is_string() ? value.get<std::string>() : value.dump();
    }
    table += line + "\n";
  }
  return names + "\n" + table;
}

std::string text(const std::vector<row>& rows, const setting& s) {
  char line[256];
  std::snprintf(line, sizeof line, "%s, %s, %zu thread%s, best of %zu: FMA peak %.1f GFLOP/s, reads %.1f GB/s\n\n",
                s.isa.c_str(), s.weights.c_str(), s.threads, s.threads == 1 ? "" : "s", s.rounds, s.limits.flops * 1e-9,
                s.limits.bytes_per_second * 1e-9);
  std::string report = line;
  report += " texts  tokens    best ms  median ms   tokens/s   texts/s  GFLOP/s  of peak   GB/s  of bandwidth\n";
  for (const row& r : rows) {
    const json cells = fields(r, s);
    const auto number = [&](const char* name) { return cells[name].get<double>(); };
    std::snprintf(line, sizeof line, "%6zu %7zu %10.3f %10.3f %10.0f %9.1f %8.1f %7.1f%% %6.1f %12.1f%%\n", r.texts,
                  r.tokens, number("best_ms"), number("median_ms"), number("tokens_per_second"),
                  number("texts_per_second"), number("gflops"), number("percent_of_fma_peak"),
                  number("weights_gb_per_second"), number("percent_of_bandwidth"));
    report += line;
  }
  return report;
}

}  // namespace

result<void> bench_command::run() const {
  const auto directory = model_directory(model);
  if (!directory) return directory.error();
  std::optional<result<text_classifier>> loaded;
  const double load_seconds = measure::seconds_of([&] { loaded = text_classifier::load(*directory, model.load()); });
  if (!*loaded) return std::move(*loaded).error();
  text_classifier& classifier = **loaded;
  distilbert::thread_pool pool(model.threads);
  if (interactive) return answer_bench_requests(classifier, pool, load_seconds);

  const auto chosen = chosen_lengths(*this, classifier.model());
  if (!chosen) return chosen.error();
  const auto limits = measure::measure_limits(classifier.model().kernels(), pool);
  if (!limits) return limits.error();
  const setting s{std::string(classifier.model().weight_kernels()), std::string(classifier.model().weights()),
                  pool.concurrency(), rounds, *limits};
  std::vector<row> rows;
  for (const std::size_t length : *chosen) rows.push_back(time_length(classifier, length, rounds, pool));
  if (batch) {
    auto timed = time_batch(classifier, *batch, rounds, pool);
    if (!timed) return std::move(timed).error();
    rows.push_back(*std::move(timed));
  }
  output out;
  if (format == output_format::json) {
    json all = json::array();
    for (const row& r : rows) all.push_back(fields(r, s));
    out.pending = all.dump() + "\n";
  } else {
    out.pending = format == output_format::csv ? csv(rows, s) : text(rows, s);
  }
  return out.flush();
}

}  // namespace tool
