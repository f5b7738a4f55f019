#include "distilbert/pipeline/text_model.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/pipeline/text_classifier.hpp"
#include "support/formula_model.hpp"
#include "support/golden.hpp"
#include "support/kernels.hpp"
#include "support/safetensors.hpp"
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
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> starts = {0};
  for (const golden& g : goldens) {
    ids.insert(ids.end(), g.ids.begin(), g.ids.end());
    starts.push_back(ids.size());
  }
  for_each_variant([&](const kernel_table& table) {
    auto classifier = text_classifier::load(directory, {.kernels = &table}).value();
    const auto answers = classifier.classify_ids({ids, starts}).value();
    double worst = 0, pytorch = 0, scale = 0;
    for (std::size_t n = 0; n < goldens.size(); ++n) {
      const golden& g = goldens[n];
      REQUIRE(answers[n].logits.size() == g.f64.size());
      for (std::size_t i = 0; i < g.f64.size(); ++i) {
        worst = std::max(worst, std::abs(answers[n].logits[i] - g.f64[i]));
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

TEST_CASE("an instruction set that is not there is refused by name, with the ones that are") {
  const auto model = distilbert::text_model::load(mini, {.isa = "altivec"});
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == errc::unsupported_isa);
  CHECK(model.error().message.find("altivec") != std::string::npos);
  CHECK(model.error().message.find(kernels::best_kernels().name) != std::string::npos);
}

TEST_CASE("kernels of the caller's own overrule the instruction set") {
  kernel_table own = kernels::best_kernels();
  own.name = "own";
  const auto model = distilbert::text_model::load(mini, {.isa = "altivec", .kernels = &own}).value();
  CHECK(&model->kernels() == &own);
}

TEST_CASE("a directory that is not there is named") {
  const auto model = distilbert::text_model::load("no/such/model");
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == errc::file_not_found);
  CHECK(model.error().message.find("no/such/model") != std::string::npos);
}

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The smallest model, whose files a test may spoil before it is loaded.
struct small_model {
  std::string directory = data + "/models/tiny-one-layer-prime";
  std::string config = read(directory + "/config.json"), vocab = read(directory + "/vocab.txt"),
              tokenizer_config = read(directory + "/tokenizer_config.json"),
              weights = read(directory + "/model.safetensors");

  // The errc and message of loading it; "" when it loads.
  std::string refusal(const distilbert::load_options& options = {}) const {
    const distilbert::named_bytes file = {"model.safetensors", as_bytes(weights)};
    distilbert::model_files files;
    files.config_json = config;
    files.weights = {&file, 1};
    files.tokenizer.vocab_txt = vocab;
    files.tokenizer.tokenizer_config_json = tokenizer_config;
    const auto model = distilbert::text_model::load(files, options);
    return model ? "" : std::string(to_string(model.error().code)) + " " + model.error().message;
  }

  // Replaces `from`, which must be there, in one of the files.
  static void replace(std::string& file, const std::string& from, const std::string& to) {
    const std::size_t at = file.find(from);
    REQUIRE(at != std::string::npos);
    file.replace(at, from.size(), to);
  }
};

}  // namespace

TEST_CASE("the function that makes scores of logits is the one that Transformers' pipeline takes") {
  // By problem_type, and by the number of labels where it decides nothing. Source: transformers text_classification.py.
  const auto function = [](const std::string& name, const char* problem) {
    const std::string directory = data + "/models/" + name, weights = read(directory + "/model.safetensors"),
                      vocab = read(directory + "/vocab.txt");
    std::string config = read(directory + "/config.json");
    if (const std::size_t at = config.find("\"problem_type\""); at != std::string::npos)
      config.erase(at, config.find(',', at) + 1 - at);
    config.insert(config.find('{') + 1, "\"problem_type\": " + std::string(problem) + ",");
    const distilbert::named_bytes file = {"model.safetensors", as_bytes(weights)};
    distilbert::model_files files;
    files.config_json = config;
    files.weights = {&file, 1};
    files.tokenizer.vocab_txt = vocab;
    return to_string(distilbert::text_model::load(files).value()->default_function());
  };
  CHECK(function("tiny-three-labels", "null") == "softmax");
  CHECK(function("tiny-three-labels", "\"single_label_classification\"") == "softmax");
  CHECK(function("tiny-three-labels", "\"multi_label_classification\"") == "sigmoid");
  CHECK(function("tiny-three-labels", "\"regression\"") == "none");
  CHECK(function("tiny-regression", "null") == "sigmoid");
  CHECK(function("tiny-regression", "\"multi_label_classification\"") == "sigmoid");
  CHECK(function("tiny-regression", "\"regression\"") == "none");
}

TEST_CASE("weights cut at any byte are refused") {
  small_model model;
  REQUIRE(model.refusal() == "");
  const std::string whole = model.weights;
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const distilbert::named_bytes file = {"model.safetensors", as_bytes(whole).first(n)};
    REQUIRE_FALSE(distilbert::checkpoint::from_memory({&file, 1}, "cut").has_value());
  }
  for (std::size_t n = 0; n < whole.size(); n += 997) {
    model.weights = whole.substr(0, n);
    REQUIRE(model.refusal() != "");
  }
}

TEST_CASE("a configuration cut at any byte is refused") {
  small_model model;
  const std::string whole = model.config;
  for (std::size_t n = 0; n < whole.find_last_of('}'); ++n) {
    model.config = whole.substr(0, n);
    REQUIRE(model.refusal() != "");
  }
}

TEST_CASE("a vocabulary cut before its last token is refused") {
  small_model model;
  const std::string whole = model.vocab;
  for (std::size_t n = 0; n <= whole.rfind('\n', whole.size() - 2); n += 53) {
    model.vocab = whole.substr(0, n);
    REQUIRE(model.refusal() != "");
  }
  model.vocab = whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1);
  CHECK(model.refusal() ==
        "invalid_vocabulary memory: expected a tokenizer of config.json's vocab_size, 1500 tokens, found 1499");
  CHECK(model.refusal({.padded_vocabulary = true}) == "");
  model.vocab = whole + "one_more\n";
  CHECK(model.refusal({.padded_vocabulary = true}).starts_with("invalid_vocabulary"));
}

TEST_CASE("a weight that is absent is named") {
  small_model model;
  model.replace(model.weights, "\"classifier.bias\"", "\"classifier.bia5\"");
  CHECK(model.refusal() ==
        "missing_tensor memory: tensor classifier.bias: the configuration asks for it, the file has none");
}

TEST_CASE("a weight that the configuration has no place for is named") {
  small_model model;
  model.replace(model.config, "\"n_layers\": 1", "\"n_layers\": 2");
  CHECK(model.refusal().starts_with("missing_tensor memory: tensor distilbert.transformer.layer.1."));
  const std::string three_labels = data + "/models/tiny-three-labels";
  model.config = read(three_labels + "/config.json");
  model.weights = read(three_labels + "/model.safetensors");
  model.replace(model.config, "\"n_layers\": 2", "\"n_layers\": 1");
  CHECK(model.refusal().starts_with("unexpected_tensor memory: tensor distilbert.transformer.layer.1."));
}

TEST_CASE("a weight of another shape is named with both shapes") {
  small_model model;
  model.replace(model.config, "\"hidden_dim\": 7", "\"hidden_dim\": 8");
  CHECK(model.refusal() ==
        "shape_mismatch memory: tensor distilbert.transformer.layer.0.ffn.lin1.weight: expected shape [8, 13] by the "
        "configuration, found [7, 13]");
}

TEST_CASE("a weight of a type that holds no weights is named") {
  small_model model;
  model.replace(model.weights, "\"classifier.bias\":{\"dtype\":\"F32\"", "\"classifier.bias\":{\"dtype\":\"I32\"");
  CHECK(model.refusal() == "unsupported_dtype memory: tensor classifier.bias: expected F32, F16 or BF16, found I32");
}

TEST_CASE("an absurd number of layers costs no memory before it is refused") {
  small_model model;
  model.replace(model.config, "\"n_layers\": 1", "\"n_layers\": 10000");
  CHECK(model.refusal().starts_with("missing_tensor"));
}

TEST_CASE("a head that is not a text classifier's is refused by its name") {
  const auto model = distilbert::text_model::load(data + "/models/tiny-token-labels");
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().code == errc::unsupported_model);
  CHECK(model.error().message.find("DistilBertForTokenClassification") != std::string::npos);
}
