// English text into ids on one thread: SST-2's dev set, one sentence at a time and as one long text.

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "distilbert/text/tokenizer.hpp"

namespace {

std::vector<std::string> sentences() {
  std::ifstream file(DISTILBERT_TEST_DATA "/sst2/dev.tsv");
  std::vector<std::string> texts;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) texts.push_back(line.substr(0, line.find('\t')));
  return texts;
}

const distilbert::tokenizer& tokenizer() {
  static const auto t = distilbert::tokenizer::load(DISTILBERT_MODELS "/sst2-mini").value();
  return t;
}

void run(benchmark::State& state, const std::vector<std::string>& texts, bool offsets) {
  distilbert::encoding encoding;
  std::size_t bytes = 0, tokens = 0;
  for (auto _ : state)
    for (const std::string& text : texts) {
      tokenizer().encode(text, {.offsets = offsets}, encoding);
      bytes += text.size();
      tokens += encoding.ids.size();
    }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["tokens/s"] = benchmark::Counter(static_cast<double>(tokens), benchmark::Counter::kIsRate);
}

void tokenize_sentences(benchmark::State& state) { run(state, sentences(), state.range(0) != 0); }

void tokenize_long_text(benchmark::State& state) {
  std::string all;
  for (const std::string& text : sentences()) all += text + '\n';
  run(state, {all}, state.range(0) != 0);
}

void load_tokenizer(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(distilbert::tokenizer::load(DISTILBERT_MODELS "/sst2-mini"));
}

BENCHMARK(tokenize_sentences)->ArgName("offsets")->Arg(0)->Arg(1);
BENCHMARK(tokenize_long_text)->ArgName("offsets")->Arg(0)->Arg(1);
BENCHMARK(load_tokenizer)->Unit(benchmark::kMillisecond);

}  // namespace
