// The whole way from text or ids to the label, with the model in the repository. What is timed, and the rates that
// follow, are those of `distilbert bench` (tools/measure).

#include <array>
#include <fstream>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "distilbert/core/thread_pool.hpp"
#include "distilbert/distilbert.hpp"
#include "measure/limits.hpp"
#include "measure/workload.hpp"

namespace {

constexpr const char* model_directory = DISTILBERT_MODELS "/sst2-mini";

distilbert::text_classifier& classifier() {
  static auto c = distilbert::text_classifier::load(model_directory).value();
  return c;
}

measure::limits limits(std::size_t threads) {
  distilbert::thread_pool pool(threads);
  return measure::measure_limits(classifier().model().kernels(), pool).value();
}

const measure::limits& limits_of(std::size_t threads) {
  static const measure::limits one = limits(1), two = limits(2);
  return threads == 1 ? one : two;
}

// Rates of a pass that takes a second: Google Benchmark divides by what it took.
void count(benchmark::State& state, const measure::work& work, std::size_t texts, std::size_t tokens,
           const measure::limits& limit) {
  const auto rate = [](double each) { return benchmark::Counter(each, benchmark::Counter::kIsIterationInvariantRate); };
  state.counters["texts/s"] = rate(static_cast<double>(texts));
  state.counters["tokens/s"] = rate(static_cast<double>(tokens));
  state.counters["% of peak"] = rate(100 * work.flop / limit.flops);
  state.counters["% of bandwidth"] = rate(100 * work.bytes / limit.bytes_per_second);
}

void one_text(benchmark::State& state) {
  const auto tokens = static_cast<std::size_t>(state.range(0)), threads = static_cast<std::size_t>(state.range(1));
  distilbert::thread_pool pool(threads);
  const measure::id_texts text = measure::text_of_length(classifier().model(), tokens);
  for (auto _ : state) state.SetIterationTime(measure::seconds_of_ids(classifier(), text, pool));
  count(state, measure::work_of(classifier().model(), std::array{tokens}), 1, tokens, limits_of(threads));
}

void dev_set(benchmark::State& state) {
  std::ifstream file(DISTILBERT_TEST_DATA "/sst2/dev.tsv");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line.substr(0, line.find('\t')));
  const std::vector<std::string_view> texts(lines.begin() + 1, lines.end());
  const auto threads = static_cast<std::size_t>(state.range(0));
  distilbert::thread_pool pool(threads);
  for (auto _ : state) state.SetIterationTime(measure::seconds_of_texts(classifier(), texts, pool));
  const auto lengths = measure::lengths_of(classifier()(texts, {.executor = pool}));
  count(state, measure::work_of(classifier().model(), lengths), texts.size(),
        std::accumulate(lengths.begin(), lengths.end(), std::size_t{0}), limits_of(threads));
}

void load_model(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(distilbert::text_classifier::load(model_directory));
}

BENCHMARK(one_text)
    ->ArgNames({"tokens", "threads"})
    ->ArgsProduct({{8, 16, 32, 64, 128, 256, 512}, {1, 2}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(dev_set)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(load_model)->Unit(benchmark::kMillisecond);

}  // namespace
