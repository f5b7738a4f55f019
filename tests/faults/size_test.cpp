// Absurd sizes: a clear answer, in bounded memory.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "distilbert/pipeline/text_classifier.hpp"
#include "faults/failing_allocator.hpp"
#include "support/safetensors.hpp"

using distilbert::errc;
using distilbert::text_classifier;

namespace {

const std::string smallest = std::string(DISTILBERT_TEST_DATA) + "/models/tiny-one-layer-prime";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The failure of a model whose config.json has this field instead.
distilbert::error refusal(const std::string& field, const std::string& value) {
  std::string config = read(smallest + "/config.json");
  const std::size_t at = config.find("\"" + field + "\":");
  REQUIRE(at != std::string::npos);
  const std::size_t begin = config.find(' ', at) + 1;
  config.replace(begin, config.find_first_of(",\n", begin) - begin, value);
  const std::string weights = read(smallest + "/model.safetensors"), vocab = read(smallest + "/vocab.txt");
  const distilbert::named_bytes file = {"model.safetensors", as_bytes(weights)};
  distilbert::model_files files;
  files.config_json = config;
  files.weights = {&file, 1};
  files.tokenizer.vocab_txt = vocab;
  const auto loaded = text_classifier::load(files);
  REQUIRE_FALSE(loaded.has_value());
  return loaded.error();
}

// Most bytes that the process has had in memory, so far.
std::size_t peak_bytes() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  return static_cast<std::size_t>(use.ru_maxrss) * 1024;
}

// Bytes that are all the same, of which only one page is in memory: a text of 2 GB without 2 GB.
class long_text {
 public:
  long_text(std::size_t size, char fill) : size_(size) {
    const int memory = ::memfd_create("text", 0);
    const std::size_t piece = std::size_t{1} << 21;
    const std::string bytes(piece, fill);
    REQUIRE(::write(memory, bytes.data(), piece) == static_cast<ssize_t>(piece));
    base_ = static_cast<char*>(::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    REQUIRE(base_ != MAP_FAILED);
    for (std::size_t i = 0; i < size; i += piece)
      REQUIRE(::mmap(base_ + i, piece, PROT_READ, MAP_SHARED | MAP_FIXED, memory, 0) != MAP_FAILED);
    ::close(memory);
  }
  long_text(const long_text&) = delete;
  long_text& operator=(const long_text&) = delete;
  ~long_text() { ::munmap(base_, size_); }
  std::string_view view() const { return {base_, size_}; }

 private:
  std::size_t size_;
  char* base_ = nullptr;
};

}  // namespace

TEST_CASE("absurd sizes in config.json are refused by the field's name or the tensor that is not so large") {
  for (const char* field : {"vocab_size", "max_position_embeddings", "n_layers", "n_heads", "dim", "hidden_dim"}) {
    CAPTURE(field);
    for (const char* value : {"1000000000", "18446744073709551615", "18446744073709551616", "-1", "0", "1e300"}) {
      const auto error = refusal(field, value);
      CHECK(error.code == errc::invalid_field);
      CHECK(error.message.find(field) != std::string::npos);
    }
  }
  // The largest that are allowed: what the file does not hold, nothing is allocated for.
  const std::size_t before = peak_bytes();
  CHECK(refusal("vocab_size", "16777216").code == errc::invalid_vocabulary);
  CHECK(refusal("max_position_embeddings", "16777216").code == errc::shape_mismatch);
  CHECK(refusal("n_layers", "10000").code == errc::missing_tensor);
  CHECK(refusal("hidden_dim", "1048576").code == errc::shape_mismatch);
  CHECK(refusal("dim", "1048576").code == errc::shape_mismatch);
  CHECK(peak_bytes() - before < std::size_t{64} << 20);
}

TEST_CASE("what a workspace takes is told before it is taken, to the byte") {
  const auto model = distilbert::text_model::load(smallest).value();
  for (const std::size_t threads : {1U, 2U, 64U}) {
    distilbert::workspace w;
    REQUIRE(model->reserve(w, threads));
    CHECK(w.scratch.of(threads - 1) + w.scratch.bytes - reinterpret_cast<const std::byte*>(w.x.data) <=
          static_cast<std::ptrdiff_t>(model->workspace_bytes(threads)));
    CHECK(model->workspace_bytes(threads) > model->workspace_bytes(threads - 1));
  }
  // A number of threads that no memory holds is no crash.
  distilbert::workspace w;
  CHECK_FALSE(model->reserve(w, std::numeric_limits<std::int32_t>::max()));
}

TEST_CASE("a text of 2 GB is read as far as the model takes it, in the memory of a short one") {
  auto classifier = text_classifier::load(smallest).value();
  struct kind {
    char fill;
    std::size_t size;
  };
  // One endless word; white space; and, at the tokenizer's slower pace, bytes that are no UTF-8.
  for (const kind k : {kind{'a', (std::size_t{1} << 31) + (std::size_t{1} << 22)}, kind{' ', std::size_t{1} << 31},
                       kind{'\xCC', std::size_t{1} << 28}}) {
    CAPTURE(static_cast<int>(k.fill));
    const long_text text(k.size, k.fill);
    failing_allocator::fail_at(-1);
    const auto answer = classifier(text.view());
    CHECK(failing_allocator::count() < 100);
    CHECK(answer.has_label());
    CHECK(answer.tokens <= 64);
  }
}

TEST_CASE("a million texts in a call take memory for their answers alone") {
  auto classifier = text_classifier::load(smallest).value();
  const std::vector<std::string_view> texts(1'000'000, "a");
  const std::size_t labels = classifier.model().labels(), before = peak_bytes();
  const auto answers = classifier(texts);
  REQUIRE(answers.size() == texts.size());
  CHECK(answers.front().logits[0] == answers.back().logits[0]);
  const std::size_t each = sizeof(distilbert::classification) + 2 * labels * sizeof(float);
  CHECK(peak_bytes() - before < 2 * texts.size() * each + (std::size_t{16} << 20));
}
