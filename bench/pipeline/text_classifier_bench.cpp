// The whole way from text or ids to the label, with the model in the repository.

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "distilbert/core/thread_pool.hpp"
#include "distilbert/distilbert.hpp"

namespace {

constexpr const char* model_directory = DISTILBERT_MODELS "/sst2-mini";

distilbert::text_classifier& classifier() {
  static auto c = distilbert::text_classifier::load(model_directory).value();
  return c;
}

void one_text(benchmark::State& state) {
  const auto tokens = static_cast<std::size_t>(state.range(0));
  distilbert::thread_pool pool(static_cast<std::size_t>(state.range(1)));
  std::vector<std::int32_t> ids(tokens, 2003);
  ids.front() = 101;
  ids.back() = 102;
  const std::vector<std::size_t> starts = {0, tokens};
  for (auto _ : state) {
    auto answers = classifier().classify_ids({ids, starts}, {.executor = pool});
    benchmark::DoNotOptimize(answers);
  }
  state.counters["tokens/s"] =
      benchmark::Counter(static_cast<double>(tokens), benchmark::Counter::kIsIterationInvariantRate);
}

void dev_set(benchmark::State& state) {
  std::ifstream file(DISTILBERT_TEST_DATA "/sst2/dev.tsv");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line.substr(0, line.find('\t')));
  const std::vector<std::string_view> texts(lines.begin() + 1, lines.end());
  distilbert::thread_pool pool(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    auto answers = classifier()(texts, {.executor = pool});
    benchmark::DoNotOptimize(answers);
  }
  state.counters["texts/s"] =
      benchmark::Counter(static_cast<double>(texts.size()), benchmark::Counter::kIsIterationInvariantRate);
}

void load_model(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(distilbert::text_classifier::load(model_directory));
}

BENCHMARK(one_text)
    ->ArgNames({"tokens", "threads"})
    ->ArgsProduct({{8, 16, 32, 64, 128, 256, 512}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(dev_set)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(load_model)->Unit(benchmark::kMillisecond);

}  // namespace
