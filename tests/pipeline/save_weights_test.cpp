#include "distilbert/pipeline/save_weights.hpp"

#include <algorithm>
#include <cmath>
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
#include "support/golden.hpp"
#include "support/kernels.hpp"
#include "support/temporary_directory.hpp"

using distilbert::errc;
using distilbert::load_options;
using distilbert::text_classifier;
using distilbert::text_model;
using distilbert::weight_type;

namespace {

const std::string models = std::string(DISTILBERT_TEST_DATA) + "/models/";
const std::string mini = std::string(DISTILBERT_MODELS) + "/sst2-mini";
const std::string smallest = models + "tiny-one-layer-prime";
constexpr const char* some_models[] = {"tiny-three-labels", "tiny-multi-label", "tiny-sinusoidal-f16", "tiny-bf16",
                                       "tiny-one-layer-prime"};
const weight_type small_types[] = {weight_type::f16, weight_type::bf16, weight_type::int8};

const std::vector<std::string_view> texts = {"one two", "", "a longer text, of more than a few words, 12345 !",
                                             "\xff\xfe", "the the the the the the the the the the the the the"};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A model's directory with its weights as another type.
class converted_directory : public temporary_directory {
 public:
  converted_directory(const std::string& from, const weight_type& type) {
    for (const char* name : {"config.json", "vocab.txt", "tokenizer_config.json"})
      std::filesystem::copy_file(std::filesystem::path(from) / name, path() / name);
    REQUIRE(save_weights(distilbert::checkpoint::load(from).value(), weights(), type).has_value());
  }
  std::filesystem::path weights() const { return path() / "model.safetensors"; }

  // Where the data of a tensor begins in the file.
  std::size_t data_of(const std::string& name) const {
    const std::string file = read(weights());
    const auto tensors = distilbert::safetensors::parse(std::as_bytes(std::span(file)), "file").value();
    const auto* found = distilbert::by_name::find(tensors.tensors(), name);
    REQUIRE(found != nullptr);
    return static_cast<std::size_t>(found->bytes.data() - std::as_bytes(std::span(file)).data());
  }
};

std::vector<std::uint32_t> bits(text_classifier& classifier, distilbert::parallel_ref executor = {}) {
  std::vector<std::uint32_t> all;
  for (const auto& answer : classifier(texts, {.executor = executor}))
    for (const float x : answer.logits) all.push_back(bits_of(x));
  return all;
}
std::vector<std::uint32_t> bits(const std::filesystem::path& directory, const load_options& options) {
  auto classifier = text_classifier::load(directory, options).value();
  return bits(classifier);
}

std::string refusal(const std::filesystem::path& directory, const load_options& options) {
  const auto model = text_model::load(directory, options);
  if (model) return "";
  std::string message = model.error().message;
  if (const auto at = message.find(directory.string()); at != std::string::npos)
    message.erase(at, directory.string().size());
  return std::string(to_string(model.error().code)) + " " + message;
}

}  // namespace

TEST_CASE("weights of another type give the same bits, rounded while loading, from a file or from a packed one") {
  for (const std::string name : some_models)
    for (const weight_type& type : small_types) {
      INFO(name, " ", std::string(type.name()));
      const converted_directory directory(models + name, type);
      const auto expected = bits(models + name, {.weights = type});
      CHECK(bits(directory.path(), {.weights = type}) == expected);
      CHECK(bits(directory.path(), {.weights = weight_type::stored}) == expected);
      const auto model = text_model::load(directory.path(), {.weights = type}).value();
      CHECK(model->weights() == type.name());
      REQUIRE(save_packed(*model, directory.path() / text_model::packed_name).has_value());
      CHECK(text_model::load(directory.path(), {.weights = type}).value()->is_packed());
      CHECK(bits(directory.path(), {.weights = type}) == expected);
      std::filesystem::remove(directory.weights());
      CHECK(bits(directory.path(), {.weights = type}) == expected);
      CHECK(bits(directory.path(), {.weights = weight_type::stored}) == expected);
    }
}

TEST_CASE("weights of f16 and bf16 give the bits that f32 gives with them") {
  for (const std::string name : some_models)
    for (const weight_type& type : {weight_type::f16, weight_type::bf16}) {
      const converted_directory directory(models + name, type);
      CHECK(bits(directory.path(), {.weights = type}) == bits(directory.path(), {}));
    }
}

TEST_CASE(
    "a model of every type of weights gives the same bits alone, in a batch, on threads and on every fused variant") {
  for (const weight_type& type : small_types) {
    INFO(std::string(type.name()));
    const auto expected = bits(mini, {.weights = type});
    kernels::for_each_runnable([&](const kernel_table& table) {
      if (!is_fused(table)) return;
      auto classifier = text_classifier::load(mini, {.isa = table.name, .weights = type}).value();
      CHECK(bits(classifier) == expected);
      for (const std::size_t threads : {2U, 5U}) {
        distilbert::thread_pool pool(threads);
        CHECK(bits(classifier, pool) == expected);
      }
      std::vector<std::uint32_t> alone;
      for (const std::string_view text : texts)
        for (const float x : classifier(text).logits) alone.push_back(bits_of(x));
      CHECK(alone == expected);
    });
  }
}

TEST_CASE("no number of threads changes what is rounded while loading, and the same weights give the same file") {
  for (const weight_type& type : small_types) {
    const auto expected = bits(mini, {.weights = type});
    distilbert::thread_pool pool(3);
    CHECK(bits(mini, {.weights = type, .executor = pool}) == expected);
    const converted_directory one(smallest, type), other(smallest, type);
    CHECK(read(one.weights()) == read(other.weights()));
  }
}

TEST_CASE("int8 keeps sst2-mini's answers: at most 3 labels flip, and no probability changes by more than 0.15") {
  const auto golden = read_goldens(models + "sst2-mini/golden_dev.jsonl.gz");
  auto classifier = text_classifier::load(mini, {.weights = weight_type::int8}).value();
  std::size_t flips = 0;
  double mean = 0, largest = 0;
  for (const auto& g : golden) {
    const auto answer = classifier(g.text);
    const auto p = [](double a, double b) { return 1 / (1 + std::exp(a - b)); };
    const double change = std::abs(p(answer.logits[0], answer.logits[1]) - p(g.f64[0], g.f64[1]));
    flips += (answer.label_id == 1) != (g.f64[1] > g.f64[0]) ? 1 : 0;
    mean += change / static_cast<double>(golden.size());
    largest = std::max(largest, change);
  }
  CHECK(golden.size() == 872);
  CHECK(flips <= 3);
  CHECK(mean <= 0.003);
  CHECK(largest <= 0.15);
}

TEST_CASE("integers are not widened, and say what they ask for") {
  const converted_directory directory(smallest, weight_type::int8);
  for (const weight_type& type : {weight_type::f32, weight_type::f16})
    CHECK(refusal(directory.path(), {.weights = type}) ==
          "unsupported_dtype : weights: expected some that become " + std::string(type.name()) +
              ", found I8: load them with load_options::weights = int8 or stored");
}

TEST_CASE("weights of several types in one file are f32 as stored") {
  const converted_directory directory(models + "tiny-three-labels", weight_type::f16);
  const auto half = distilbert::checkpoint::load(directory.path()).value();
  const auto whole = distilbert::checkpoint::load(models + "tiny-three-labels").value();
  std::vector<distilbert::tensor_view> mixed(half.tensors().begin(), half.tensors().end());
  for (auto& tensor : mixed)
    if (tensor.name.ends_with("layer.0.ffn.lin1.weight")) tensor = *whole.find(tensor.name);
  REQUIRE(distilbert::write_safetensors(directory.path() / "mixed", mixed, {}).has_value());
  std::filesystem::rename(directory.path() / "mixed", directory.weights());
  const auto model = text_model::load(directory.path(), {.weights = weight_type::stored}).value();
  CHECK(model->weights() == "f32");
}

TEST_CASE("integers that could overflow, and scales that are no scales, are refused by their tensor's name") {
  const std::string lin1 = "distilbert.transformer.layer.0.ffn.lin1.weight",
                    words = "distilbert.embeddings.word_embeddings.weight";
  const auto with = [&](const std::string& tensor, const std::string& bytes) {
    const converted_directory directory(smallest, weight_type::int8);
    std::string file = read(directory.weights());
    file.replace(directory.data_of(tensor), bytes.size(), bytes);
    directory.write("model.safetensors", file);
    return refusal(directory.path(), {.weights = weight_type::int8});
  };
  const auto number = [](float x) { return std::string(reinterpret_cast<const char*>(&x), sizeof x); };
  const std::string beyond = ": neighbours of a weight are beyond the limit of their sum";
  CHECK(with(lin1, "\x40\x40") == "");
  CHECK(with(lin1, "\x7f\x01") == "");
  CHECK(with(lin1, "\x40\x41") == "invalid_field : tensor " + lin1 + beyond);
  CHECK(with(lin1, "\x81\xfe") == "invalid_field : tensor " + lin1 + beyond);
  CHECK(with(lin1, "\x80") == "invalid_field : tensor " + lin1 + beyond);
  for (const std::string& tensor : {lin1, words}) {
    for (const float bad : {-1.0F, 1e33F})
      CHECK(with(tensor + "_scale", number(bad)).ends_with(": a scale is negative or beyond 1e30"));
    for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()})
      CHECK(with(tensor + "_scale", number(bad)).starts_with("not_finite : tensor " + tensor + "_scale"));
  }
}

TEST_CASE("a file of integers cut anywhere, or without its scales, is refused") {
  const converted_directory directory(smallest, weight_type::int8);
  const std::string whole = read(directory.weights());
  const load_options options = {.weights = weight_type::stored};
  REQUIRE(refusal(directory.path(), options) == "");
  for (std::size_t n = 0; n < whole.size(); n += n < 4000 ? 7 : 499) {
    directory.write("model.safetensors", whole.substr(0, n));
    REQUIRE(refusal(directory.path(), options) != "");
  }
  const auto files = [&] {
    directory.write("model.safetensors", whole);
    return distilbert::checkpoint::load(directory.path(), distilbert::file_access::copy).value();
  }();
  for (const auto& without : files.tensors()) {
    if (!without.name.ends_with("_scale")) continue;
    std::vector<distilbert::tensor_view> rest;
    for (const auto& tensor : files.tensors())
      if (tensor.name != without.name) rest.push_back(tensor);
    REQUIRE(distilbert::write_safetensors(directory.weights(), rest, {}).has_value());
    REQUIRE(refusal(directory.path(), options) ==
            "missing_tensor : tensor " + without.name + ": the configuration asks for it, the file has none");
  }
}

TEST_CASE("a weight that a type cannot hold is refused by its tensor's name, while loading and while writing") {
  const std::string name = "distilbert.transformer.layer.0.ffn.lin1.weight";
  for (const auto& [type, bad] : {std::pair{weight_type::f16, 70000.0F},
                                  {weight_type::bf16, std::numeric_limits<float>::max()},
                                  {weight_type::int8, 1e33F}}) {
    temporary_directory directory;
    for (const auto& entry : std::filesystem::directory_iterator(smallest))
      std::filesystem::copy_file(entry.path(), directory.path() / entry.path().filename());
    const auto files = distilbert::checkpoint::load(smallest).value();
    std::vector<distilbert::tensor_view> tensors(files.tensors().begin(), files.tensors().end());
    std::string changed;
    for (auto& tensor : tensors)
      if (tensor.name == name) {
        changed.assign(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
        std::memcpy(changed.data() + 4 * 11, &bad, sizeof bad);
        tensor.bytes = std::as_bytes(std::span(changed.data(), changed.size()));
      }
    REQUIRE(distilbert::write_safetensors(directory.path() / "model.safetensors", tensors, {}).has_value());
    CHECK(
        refusal(directory.path(), {.weights = type}).starts_with("invalid_field : tensor " + name + ": a weight is "));
    const auto done =
        save_weights(distilbert::checkpoint::load(directory.path()).value(), directory.path() / "w", type);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::invalid_field);
    CHECK_FALSE(std::filesystem::exists(directory.path() / "w"));
  }
}

TEST_CASE("only types that are smaller than f32 are written, and integers are not rounded again") {
  const auto files = distilbert::checkpoint::load(smallest).value();
  const temporary_directory directory;
  for (const weight_type& type : {weight_type::f32, weight_type::stored})
    CHECK(save_weights(files, directory.path() / "w", type).error().code == errc::invalid_argument);
  const converted_directory integers(smallest, weight_type::int8);
  const auto done =
      save_weights(distilbert::checkpoint::load(integers.path()).value(), directory.path() / "w", weight_type::f16);
  CHECK(done.error().code == errc::unsupported_dtype);
}
