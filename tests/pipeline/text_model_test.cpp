#include "distilbert/pipeline/text_model.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/pipeline/text_classifier.hpp"
#include "support/formula_model.hpp"
#include "support/golden.hpp"
#include "support/kernels.hpp"
#include "support/temporary_directory.hpp"

using distilbert::errc;
using distilbert::text_classifier;

namespace {

const std::string data = DISTILBERT_TEST_DATA;
const std::string mini = std::string(DISTILBERT_MODELS) + "/sst2-mini";

// The promise: an error against float64 below 2e-5 for the sentiment models, and in each file at most twice the worst
// that PyTorch's float32 shows there, or 2e-6 of the largest logit, where that is more.
void check_against(const std::string& directory, const std::vector<golden>& goldens, double ceiling) {
  REQUIRE_FALSE(goldens.empty());
  for_each_variant([&](const kernel_table& table) {
    auto classifier = text_classifier::load(directory, {.isa = table.name}).value();
    double worst = 0, pytorch = 0, scale = 0;
    for (const golden& g : goldens) {
      const std::vector<std::size_t> starts = {0, g.ids.size()};
      const auto logits = classifier.classify_ids({g.ids, starts}).value()[0].logits;
      REQUIRE(logits.size() == g.f64.size());
      for (std::size_t i = 0; i < logits.size(); ++i) {
        worst = std::max(worst, std::abs(logits[i] - g.f64[i]));
        pytorch = std::max(pytorch, std::abs(g.f32[i] - g.f64[i]));
        scale = std::max(scale, std::abs(g.f64[i]));
      }
    }
    CHECK(worst < ceiling);
    CHECK(worst <= std::max(2 * pytorch, 2e-6 * scale));
  });
}

}  // namespace

TEST_CASE("every logit of SST-2's dev set is as close to float64 as PyTorch's, within a factor of two") {
  check_against(mini, read_goldens(data + "/models/sst2-mini/golden_dev.jsonl.gz"), 2e-5);
}

TEST_CASE("small models of every kind of configuration agree with Transformers") {
  for (const char* name : {"tiny-three-labels", "tiny-regression", "tiny-multi-label", "tiny-sinusoidal-f16",
                           "tiny-bf16", "tiny-one-layer-prime"}) {
    INFO("model ", doctest::String(name));
    const std::string directory = data + "/models/" + name;
    check_against(directory, read_goldens(directory + "/golden.jsonl.gz"), 2e-5);
  }
}

TEST_CASE("a model of the real one's size agrees with Transformers from 2 to 512 tokens") {
  const temporary_directory directory;
  directory.write("model.safetensors", formula_safetensors({}));
  const auto copy = [&](const std::string& from, const std::string& name) {
    std::filesystem::copy_file(from, directory.path() / name);
  };
  copy(data + "/models/full-size/config.json", "config.json");
  copy(mini + "/vocab.txt", "vocab.txt");
  copy(mini + "/tokenizer_config.json", "tokenizer_config.json");
  check_against(directory.path().string(), read_goldens(data + "/models/full-size/golden.jsonl.gz"), 2e-5);
}

TEST_CASE("the function that makes scores of logits is the one that Transformers' pipeline takes") {
  const auto function = [](const char* name) {
    return distilbert::text_model::load(data + "/models/" + name).value()->default_function();
  };
  CHECK(function("tiny-three-labels") == distilbert::score_function::softmax);
  CHECK(function("tiny-regression") == distilbert::score_function::none);
  CHECK(function("tiny-multi-label") == distilbert::score_function::sigmoid);
}

TEST_CASE("an instruction set that is not there is refused by name, with the ones that are") {
  const auto model = distilbert::text_model::load(mini, {.isa = "altivec"});
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == errc::unsupported_isa);
  CHECK(model.error().message.find("altivec") != std::string::npos);
  CHECK(model.error().message.find(kernels::best_kernels().name) != std::string::npos);
}

TEST_CASE("a directory that is not there is named") {
  const auto model = distilbert::text_model::load("no/such/model");
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == errc::file_not_found);
  CHECK(model.error().message.find("no/such/model") != std::string::npos);
}
