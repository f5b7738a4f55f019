// Numbers gone bad: a label comes of finite numbers only.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/save_packed.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "support/kernels.hpp"
#include "support/safetensors.hpp"
#include "support/temporary_directory.hpp"

using distilbert::errc;
using distilbert::result;
using distilbert::text_classifier;

namespace {

const std::string models = std::string(DISTILBERT_TEST_DATA) + "/models/";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A model's files, whose weights a test spoils before it is loaded.
struct spoilt_model {
  explicit spoilt_model(const std::string& name)
      : config(read(models + name + "/config.json")),
        vocab(read(models + name + "/vocab.txt")),
        weights(read(models + name + "/model.safetensors")) {}

  result<text_classifier> load(const distilbert::load_options& options = {}) const {
    const distilbert::named_bytes file = {"model.safetensors", as_bytes(weights)};
    distilbert::model_files files;
    files.config_json = config;
    files.weights = {&file, 1};
    files.tokenizer.vocab_txt = vocab;
    return text_classifier::load(files, options);
  }

  // Where the elements of a tensor lie in `weights`.
  std::vector<std::size_t> places(const std::string& name) const {
    const auto parsed = distilbert::safetensors::parse(as_bytes(weights), "").value();
    const auto& tensor = *parsed.find(name);
    const std::size_t element = bits_of(tensor.type) / 8;
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < tensor.bytes.size(); i += element)
      all.push_back(static_cast<std::size_t>(tensor.bytes.data() - as_bytes(weights).data()) + i);
    return all;
  }
  void put(std::size_t place, const void* value, std::size_t size) { std::memcpy(weights.data() + place, value, size); }

  std::string config, vocab, weights;
};

const float bad[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                     -std::numeric_limits<float>::infinity()};

}  // namespace

TEST_CASE("a weight that is NaN or infinite is named, whichever it is") {
  spoilt_model model("tiny-one-layer-prime");
  const auto parsed = distilbert::safetensors::parse(as_bytes(model.weights), "").value();
  std::vector<std::string> names;
  for (const auto& tensor : parsed.tensors()) names.push_back(tensor.name);
  REQUIRE(names.size() == 24);
  distilbert::thread_pool pool(3);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto places = model.places(names[i]);
    const std::size_t element = i * 7 % places.size();
    const std::string before = model.weights;
    model.put(places[element], &bad[i % 3], sizeof(float));
    const auto refused = i % 2 == 0 ? model.load() : model.load({.executor = pool});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::not_finite);
    CHECK(refused.error().message == "memory: tensor " + names[i] +
                                         ": expected finite numbers, found NaN or an infinity at element " +
                                         std::to_string(element));
    model.weights = before;
  }
  CHECK(model.load().has_value());
}

TEST_CASE("a weight of 16 bits that is NaN or infinite is named") {
  struct pattern {
    const char* model;
    std::uint16_t bits;
  };
  for (const pattern& p : {pattern{"tiny-sinusoidal-f16", 0x7C00}, pattern{"tiny-sinusoidal-f16", 0xFE00},
                           pattern{"tiny-bf16", 0x7F80}, pattern{"tiny-bf16", 0xFFC0}}) {
    spoilt_model model(p.model);
    model.put(model.places("distilbert.embeddings.word_embeddings.weight").back(), &p.bits, sizeof p.bits);
    const auto refused = model.load();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::not_finite);
    CHECK(refused.error().message.find("word_embeddings") != std::string::npos);
  }
}

TEST_CASE("sums that overflow give no label, alone or in a batch, by any kernels") {
  spoilt_model model("tiny-one-layer-prime");
  const float huge = 3e38F;
  for (const std::size_t place : model.places("classifier.weight")) model.put(place, &huge, sizeof huge);
  for (const std::size_t place : model.places("pre_classifier.bias")) model.put(place, &huge, sizeof huge);
  for_each_variant([&](const kernel_table& table) {
    auto classifier = model.load({.kernels = &table}).value();
    for (const auto function :
         {distilbert::score_function::softmax, distilbert::score_function::sigmoid, distilbert::score_function::none}) {
      const std::string_view texts[] = {"one", "two three", ""};
      for (const auto& answer : classifier(texts, {.function = function})) {
        CHECK_FALSE(answer.has_label());
        CHECK(answer.label.empty());
        CHECK(answer.label_id == -1);
        CHECK(answer.score == 0);
        for (const float score : answer.scores) CHECK(score == 0);
        CHECK_FALSE(distilbert::is_finite(answer.logits[0]));
        CHECK(classifier.top(answer).empty());
      }
    }
  });
}

TEST_CASE("a text without a label leaves the others of its batch theirs") {
  // One word's embedding is NaN, in a packed file whose weights nobody reads at load.
  const temporary_directory directory;
  for (const char* name : {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"})
    std::filesystem::copy_file(models + "tiny-one-layer-prime/" + name, directory.path() / name);
  const auto file = directory.path() / distilbert::text_model::packed_name;
  const auto whole = distilbert::text_model::load(directory.path()).value();
  REQUIRE(save_packed(*whole, file).has_value());
  std::string packed = read(file);
  std::size_t place = 0;
  const std::string name = "distilbert.embeddings.word_embeddings.weight";
  const auto opened = distilbert::packed_file::open(file, distilbert::file_access::copy).value();
  for (const auto& section : opened.sections())
    if (section.name == name) place = static_cast<std::size_t>(section.bytes.data() - opened.bytes().data());
  REQUIRE(place != 0);
  const auto id = whole->text_tokenizer().id("c");
  REQUIRE(id.has_value());
  const auto row = static_cast<std::size_t>(*id * whole->config().dim);
  std::memcpy(packed.data() + place + row * sizeof(float), &bad[0], sizeof(float));
  directory.write(distilbert::text_model::packed_name, packed);

  auto classifier = text_classifier::load(directory.path()).value();
  REQUIRE(classifier.model().is_packed());
  const std::string_view texts[] = {"a", "c", "b"};
  const auto answers = classifier(texts);
  CHECK(answers[0].has_label());
  CHECK_FALSE(answers[1].has_label());
  CHECK(answers[2].has_label());
}
