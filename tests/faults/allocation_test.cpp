// Every allocation of load(), of a call for one text and of a batch is made to fail in turn. What follows is an error
// or std::bad_alloc, nothing leaks, and what was there before works as before.
#include <filesystem>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/save_packed.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "faults/failing_allocator.hpp"
#include "support/temporary_directory.hpp"

using distilbert::errc;
using distilbert::text_classifier;

namespace {

const std::string smallest = std::string(DISTILBERT_TEST_DATA) + "/models/tiny-one-layer-prime";

enum class outcome { done, out_of_memory, bad_alloc, other_error };

// What attempt() comes to with a failure at each of its allocations in turn, until it needs no more of them.
struct tally {
  long failures = 0, out_of_memory = 0, bad_alloc = 0, survived = 0, other = 0, leaked = 0;
};

template <class Attempt>
tally fail_each(Attempt attempt, bool forever) {
  tally counts;
  for (long n = 0;; ++n) {
    const long before = failing_allocator::live();
    failing_allocator::fail_at(n, forever);
    outcome came = outcome::done;
    try {
      came = attempt();
    } catch (const std::bad_alloc&) {
      came = outcome::bad_alloc;
#if DISTILBERT_EXCEPTIONS
    } catch (const distilbert::result_error& e) {
      came = e.code() == errc::out_of_memory ? outcome::out_of_memory : outcome::other_error;
#endif
    }
    const bool failed = failing_allocator::has_failed();
    failing_allocator::fail_at(-1);
    counts.leaked += failing_allocator::live() - before;
    if (!failed) break;
    ++counts.failures;
    counts.out_of_memory += came == outcome::out_of_memory;
    counts.bad_alloc += came == outcome::bad_alloc;
    counts.survived += came == outcome::done;
    counts.other += came == outcome::other_error;
  }
  return counts;
}

outcome load(const std::string& directory, const distilbert::load_options& options) {
  const auto loaded = text_classifier::load(directory, options);
  if (loaded) return outcome::done;
  return loaded.error().code == errc::out_of_memory ? outcome::out_of_memory : outcome::other_error;
}

}  // namespace

TEST_CASE("a load whose n-th allocation fails says so and leaks nothing, for every n") {
  for (const auto access : {distilbert::file_access::map, distilbert::file_access::copy})
    for (const bool forever : {false, true}) {
      CAPTURE(forever);
      const tally t = fail_each([&] { return load(smallest, {.access = access}); }, forever);
      CHECK(t.failures > 100);
      CHECK(t.leaked == 0);
      CHECK(t.other == 0);
      CHECK(t.survived == 0);
      if (!forever) CHECK(t.out_of_memory >= 2);  // the weights and the workspace; the message itself needs memory
      CHECK(t.out_of_memory + t.bad_alloc == t.failures);
    }
}

TEST_CASE("so does the load of a packed file, and the packing itself") {
  const temporary_directory directory;
  for (const char* name : {"config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"})
    std::filesystem::copy_file(smallest + "/" + name, directory.path() / name);
  const auto file = directory.path() / distilbert::text_model::packed_name;
  {
    const auto model = distilbert::text_model::load(directory.path()).value();
    const tally t = fail_each(
        [&] {
          const auto saved = save_packed(*model, file);
          return saved ? outcome::done : outcome::other_error;
        },
        false);
    CHECK(t.failures > 10);
    CHECK(t.leaked == 0);
    CHECK(t.other == 0);
    CHECK(t.bad_alloc == t.failures);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path())) ++files;
    CHECK(files == 5);  // no file half written is left behind
  }
  const tally t = fail_each([&] { return load(directory.path().string(), {}); }, false);
  CHECK(t.failures > 100);
  CHECK(t.leaked == 0);
  CHECK(t.other == 0);
  CHECK(t.survived == 0);
}

TEST_CASE("a classifier whose n-th allocation fails answers as before, for every n") {
  for (const std::size_t threads : {0U, 3U}) {
    std::optional<distilbert::thread_pool> pool;
    if (threads > 0) pool.emplace(threads);
    const distilbert::classify_options options = {.executor = pool ? distilbert::parallel_ref(*pool)
                                                                   : distilbert::parallel_ref()};
    const std::string_view texts[] = {"one", "a longer text of some more words than one", "", "\xff\xfe"};
    std::vector<float> expected;
    auto model = text_classifier::load(smallest).value();
    for (const auto& answer : model(texts, options))
      expected.insert(expected.end(), answer.logits.begin(), answer.logits.end());
    int wrong = 0;
    const tally t = fail_each(
        [&] {
          text_classifier fresh(model);  // has no memory of its own yet
          try {
            (void)fresh(texts, options);
          } catch (...) {
            failing_allocator::fail_at(-1);
            std::size_t i = 0;
            for (const auto& answer : fresh(texts, options))
              for (const float x : answer.logits) wrong += x != expected[i++];
            throw;
          }
          return outcome::done;
        },
        false);
    CHECK(wrong == 0);
    CHECK(t.failures > 5);
    CHECK(t.leaked == 0);
    CHECK(t.other == 0);
  }
}
