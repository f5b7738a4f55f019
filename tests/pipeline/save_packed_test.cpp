#include "distilbert/pipeline/save_packed.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "support/kernels.hpp"
#include "support/temporary_directory.hpp"

#if DISTILBERT_HAS_MMAP
#include <sys/wait.h>
#include <unistd.h>
#endif

using distilbert::errc;
using distilbert::file_access;
using distilbert::load_options;
using distilbert::text_classifier;
using distilbert::text_model;

namespace {

const std::string models = std::string(DISTILBERT_TEST_DATA) + "/models/";
const std::string smallest = models + "tiny-one-layer-prime";
constexpr const char* all_models[] = {"tiny-three-labels",   "tiny-regression", "tiny-multi-label",
                                      "tiny-sinusoidal-f16", "tiny-bf16",       "tiny-one-layer-prime"};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A copy of a model's directory with model.packed in it.
class packed_directory : public temporary_directory {
 public:
  explicit packed_directory(const std::string& from, const load_options& options = {}) {
    for (const char* name : {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"})
      std::filesystem::copy_file(std::filesystem::path(from) / name, path() / name);
    REQUIRE(save_packed(*text_model::load(path(), options).value(), packed()).has_value());
  }
  std::filesystem::path packed() const { return path() / text_model::packed_name; }
  void leave_packed_alone() const { std::filesystem::remove(path() / "model.safetensors"); }
};

// The bits of the logits of some texts.
std::vector<std::uint32_t> bits(text_classifier& classifier) {
  const std::vector<std::string_view> texts = {"one two", "", "a longer text, of more than a few words, 12345 !",
                                               "\xff\xfe", "the the the the the the the the the the the the the"};
  std::vector<std::uint32_t> all;
  for (const auto& answer : classifier(texts))
    for (const float x : answer.logits) all.push_back(bits_of(x));
  return all;
}
std::vector<std::uint32_t> bits(const std::filesystem::path& directory, const load_options& options = {}) {
  auto classifier = text_classifier::load(directory, options).value();
  return bits(classifier);
}

// The errc and message of loading a directory, without its name; "" when it loads.
std::string refusal(const std::filesystem::path& directory, const load_options& options = {}) {
  const auto model = text_model::load(directory, options);
  if (model) return "";
  std::string message = model.error().message;
  if (const auto at = message.find(directory.string()); at != std::string::npos)
    message.erase(at, directory.string().size());
  return std::string(to_string(model.error().code)) + " " + message;
}

}  // namespace

TEST_CASE("logits are the same bits from a packed file, mapped or copied, with its source beside it or without") {
  for (const char* name : all_models)
    for_each_variant([&](const kernel_table& table) {
      const packed_directory directory(models + name, {.kernels = &table});
      const auto expected = bits(directory.path(), {.kernels = &table, .use_packed = false});
      for (const bool alone : {false, true}) {
        if (alone) directory.leave_packed_alone();
        for (const file_access access : {file_access::map, file_access::copy}) {
          auto classifier = text_classifier::load(directory.path(), {.access = access, .kernels = &table}).value();
          CHECK(classifier.model().is_packed());
          CHECK(classifier.model().packed_mismatch().empty());
          CHECK(bits(classifier) == expected);
        }
      }
    });
}

TEST_CASE("packing by several threads gives the same bytes, and so does packing what was packed") {
  for (const char* name : all_models) {
    const packed_directory directory(models + name);
    const std::string expected = read(directory.packed());
    const auto again = directory.path() / "again";
    for (const std::size_t threads : {2U, 3U, 7U}) {
      distilbert::thread_pool pool(threads);
      const auto model = text_model::load(directory.path(), {.use_packed = false, .executor = pool}).value();
      REQUIRE(save_packed(*model, again).has_value());
      CHECK(read(again) == expected);
    }
    REQUIRE(save_packed(*text_model::load(directory.path()).value(), again).has_value());
    CHECK(read(again) == expected);
  }
}

TEST_CASE("a packed file for other kernels is passed over where the weights are there") {
  for_each_variant([](const kernel_table& table) {
    const packed_directory directory(smallest, {.kernels = &table});
    for_each_variant([&](const kernel_table& other) {
      const auto model = text_model::load(directory.path(), {.kernels = &other}).value();
      CHECK(model->is_packed() == (std::string_view(other.name) == table.name));
      CHECK(model->packed_mismatch().empty() == model->is_packed());
      if (is_fused(table) && is_fused(other))
        CHECK(bits(directory.path(), {.kernels = &other}) == bits(directory.path(), {.kernels = &table}));
    });
  });
}

TEST_CASE("a packed file alone brings its kernels with it, and is refused to others") {
  kernels::for_each_runnable([](const kernel_table& table) {
    const packed_directory directory(smallest, {.isa = table.name});
    const auto expected = bits(directory.path(), {.isa = table.name});
    directory.leave_packed_alone();
    CHECK(&text_model::load(directory.path()).value()->kernels() == kernels::find_kernels(table.name));
    CHECK(bits(directory.path()) == expected);
    kernels::for_each_runnable([&](const kernel_table& other) {
      if (&other == &table) return;
      CHECK(refusal(directory.path(), {.isa = other.name}) ==
            "packed_mismatch /model.packed: kernels: expected " + std::string(other.name) + ", found " + table.name);
    });
  });
}

TEST_CASE("a packed file alone for an instruction set of another machine is refused by its name") {
  kernel_table foreign = kernels::best_kernels();
  foreign.name = "altivec";
  const packed_directory directory(smallest, {.kernels = &foreign});
  directory.leave_packed_alone();
  CHECK(refusal(directory.path()) == "packed_mismatch /model.packed: kernels: expected " +
                                         std::string(kernels::best_kernels().name) + ", found altivec");
}

TEST_CASE("a packed file of other weights of the same shapes is passed over") {
  const packed_directory directory(smallest);
  const auto before = bits(directory.path());
  std::string weights = read(directory.path() / "model.safetensors");
  weights.back() = static_cast<char>(weights.back() ^ 1);  // the sign bit and the like of the last tensor's last weight
  directory.write("model.safetensors", weights);
  const auto model = text_model::load(directory.path()).value();
  CHECK_FALSE(model->is_packed());
  CHECK(model->packed_mismatch().find("model.packed: source: expected ") != std::string::npos);
  CHECK(bits(directory.path()) == bits(directory.path(), {.use_packed = false}));
}

TEST_CASE("a packed file of another model alone is refused by the section that does not fit") {
  const packed_directory directory(smallest);
  const packed_directory other(models + "tiny-three-labels");
  std::filesystem::copy_file(other.packed(), directory.packed(), std::filesystem::copy_options::overwrite_existing);
  CHECK(text_model::load(directory.path()).value()->packed_mismatch().find(": source: ") != std::string::npos);
  directory.leave_packed_alone();
  CHECK(
      refusal(directory.path()) ==
      "shape_mismatch /model.packed: section 0: distilbert.embeddings.position_embeddings.weight: expected 3328 bytes "
      "by the configuration, found 8192");
}

TEST_CASE("a configuration of more or fewer layers than the packed file has is refused") {
  const packed_directory directory(smallest);
  directory.leave_packed_alone();
  const std::string config = read(directory.path() / "config.json");
  const auto with_layers = [&](const std::string& n) {
    std::string changed = config;
    const std::string field = "\"n_layers\": 1";
    changed.replace(changed.find(field), field.size(), "\"n_layers\": " + n);
    directory.write("config.json", changed);
    return refusal(directory.path());
  };
  CHECK(with_layers("2").starts_with("missing_tensor /model.packed: section "));
  CHECK(with_layers("10000").starts_with("missing_tensor /model.packed: section "));
  CHECK(with_layers("1") == "");
}

TEST_CASE("a damaged packed file is an error, whether its source is there or not") {
  for (const bool alone : {false, true}) {
    const packed_directory directory(smallest);
    if (alone) directory.leave_packed_alone();
    const std::string whole = read(directory.packed());
    for (std::size_t n = 0; n < whole.size(); n += n < 3000 ? 61 : 997) {
      directory.write(text_model::packed_name, whole.substr(0, n));
      REQUIRE(refusal(directory.path()).starts_with("invalid_packed_file /model.packed: "));
    }
    for (std::size_t byte = 0; byte < 200; ++byte) {
      std::string file = whole;
      file[byte] = static_cast<char>(file[byte] ^ 0x10);
      directory.write(text_model::packed_name, file);
      const bool told_apart = byte >= 8 && byte < 16;  // byte order and version
      if (!told_apart || alone) REQUIRE(refusal(directory.path()) != "");
    }
    directory.write(text_model::packed_name, whole);
    CHECK(refusal(directory.path()) == "");
  }
}

TEST_CASE("a packed file is not looked at where it is not wanted") {
  const packed_directory directory(smallest);
  directory.write(text_model::packed_name, "damaged");
  CHECK(refusal(directory.path(), {.use_packed = false}) == "");
}

TEST_CASE("a packed file takes no memory of the model's own, and a copy of it does") {
  const packed_directory directory(models + "tiny-three-labels");
  const std::size_t size = std::filesystem::file_size(directory.packed());
  const auto mapped = text_model::load(directory.path()).value();
  if (DISTILBERT_HAS_MMAP) {
    CHECK(mapped->weight_bytes() == 0);
    CHECK(mapped->mapped_bytes() == size);
  }
  const auto copied = text_model::load(directory.path(), {.access = file_access::copy}).value();
  CHECK(copied->weight_bytes() == size);
  CHECK(copied->mapped_bytes() == 0);
}

TEST_CASE("threads that load the same packed file get the same bits") {
  const packed_directory directory(models + "tiny-three-labels");
  const auto expected = bits(directory.path());
  std::vector<std::vector<std::uint32_t>> found(4);
  std::vector<std::thread> threads;
  for (auto& mine : found) threads.emplace_back([&] { mine = bits(directory.path()); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : found) CHECK(mine == expected);
}

#if DISTILBERT_HAS_MMAP
TEST_CASE("processes that load the same packed file get the same bits, also after it is written again") {
  const packed_directory directory(models + "tiny-three-labels");
  auto classifier = text_classifier::load(directory.path()).value();
  const auto expected = bits(classifier);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto model = text_model::load(directory.path(), {.use_packed = false}).value();
    const bool same = bits(directory.path()) == expected && save_packed(*model, directory.packed()).has_value();
    ::_exit(same ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(bits(classifier) == expected);
  CHECK(bits(directory.path()) == expected);
}
#endif
