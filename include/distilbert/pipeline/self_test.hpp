#pragma once
// An include of its own: who only classifies does not pay for it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/mapped_file.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/manifest.hpp"
#include "distilbert/io/packed_file.hpp"
#include "distilbert/pipeline/known_models.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "distilbert/text/vocabulary.hpp"

namespace distilbert {

/// One thing that self_test() has looked at.
struct self_check {
  /// How a check came out.
  enum class outcome { passed, failed, skipped };
  std::string name;                ///< what was looked at
  outcome came = outcome::passed;  ///< how it came out
  std::string message;             ///< of what is wrong, or why it was skipped; else of what was seen
};

/// What self_test() has found.
struct self_test_report {
  std::string_view model;          ///< of a model that is known by its weights; otherwise empty
  std::vector<self_check> checks;  ///< in the order in which they were made

  /// Whether none has failed.
  bool passed() const noexcept {
    for (const self_check& check : checks)
      if (check.came == self_check::outcome::failed) return false;
    return true;
  }
};

namespace detail {

class self_tester {
 public:
  self_tester(const std::filesystem::path& directory, const load_options& options)
      : directory_(directory), options_(options) {}

  [[gnu::cold]] self_test_report run() && {
    check_known_files();
    check_packed();
    auto loaded = text_classifier::load(directory_, options_);
    if (!loaded) {
      failed("files", loaded.error().message);
      return std::move(report_);
    }
    const text_model& model = loaded->model();
    passed("files", {"config.json, ", model.text_tokenizer().source(), " and the weights fit each other"});
    check_special_tokens(model);
    check_vocabularies(model);
    check_numbers(*loaded);
    check_answers(*loaded);
    return std::move(report_);
  }

 private:
  using outcome = self_check::outcome;

  void add(std::string_view name, outcome came, std::string message) {
    report_.checks.push_back({std::string(name), came, std::move(message)});
  }
  void passed(std::string_view name, std::initializer_list<piece> what) { add(name, outcome::passed, concat(what)); }
  void failed(std::string_view name, std::string what) { add(name, outcome::failed, std::move(what)); }
  void skipped(std::string_view name, std::initializer_list<piece> why) { add(name, outcome::skipped, concat(why)); }
  std::string path(std::string_view name) const { return child(directory_, name).string(); }

  // Weights that are known came with files that are known.
  [[gnu::cold]] void check_known_files() {
    constexpr std::string_view name = "known files";
    const auto files = manifest::of(directory_);
    if (!files) return failed(name, files.error().message);
    for (const known_model& known : known_models) {
      const manifest::entry* weights = files->find(known.files[0].name);
      if (weights == nullptr || weights->sha256 != known.files[0].sha256) continue;
      known_ = &known;
      report_.model = known.name;
      for (const known_file& file : known.files) {
        const manifest::entry* there = files->find(file.name);
        // A tokenizer.json is used instead of a vocab.txt.
        if (there == nullptr && file.name == "vocab.txt" && files->find("tokenizer.json") != nullptr) continue;
        if (there == nullptr || there->sha256 != file.sha256)
          failed(name, concat({path(file.name), ": the weights are those of ", known.name, ", published with SHA-256 ",
                               file.sha256, ", found ", there == nullptr ? "no file" : there->sha256}));
      }
      if (report_.checks.empty()) passed(name, {"those of ", known.name});
      return;
    }
    skipped(name, {"the weights are of no model that is known here"});
  }

  [[gnu::cold]] void check_packed() {
    const auto packed = packed_file::open(child(directory_, text_model::packed_name));
    if (!packed && packed.error().code == errc::file_not_found)
      return skipped("packed weights", {"there is no ", text_model::packed_name});
    const auto whole = packed ? packed->verify() : result<void>(packed.error());
    if (!whole) return failed("packed weights", whole.error().message);
    passed("packed weights", {"every section has its hash"});
  }

  [[gnu::cold]] void check_special_tokens(const text_model& model) {
    constexpr std::string_view name = "special tokens";
    const tokenizer& t = model.text_tokenizer();
    encoding framed;
    t.encode("", {}, framed);
    if (framed.ids.size() < 2)
      return failed(name, concat({directory_.string(), ": the tokenizer puts ", framed.ids.size(),
                                  " tokens around a text, expected [CLS] and [SEP]"}));
    if (const auto pad = t.pad_id(); pad && *pad != model.config().pad_token_id)
      return failed(name, concat({path("config.json"), ": pad_token_id: expected ", *pad, ", the tokenizer's, found ",
                                  model.config().pad_token_id}));
    passed(name, {"[CLS] ", framed.ids.front(), ", [SEP] ", framed.ids.back()});
  }

  // Where both are there, only tokenizer.json is used; other programs may use the other.
  [[gnu::cold]] void check_vocabularies(const text_model& model) {
    constexpr std::string_view name = "vocabularies";
    const auto file = mapped_file::open(child(directory_, "vocab.txt"), file_access::copy);
    const tokenizer& t = model.text_tokenizer();
    if (!file || t.source() == "vocab.txt") return skipped(name, {"there is one only"});
    const auto other = vocabulary::parse(file->text(), path("vocab.txt"));
    if (!other) return failed(name, other.error().message);
    for (std::size_t i = 0; i < std::max(other->size(), t.vocab_size()); ++i) {
      const auto id = static_cast<std::int32_t>(i);
      if (i < other->size() && other->token(id) == t.token(id)) continue;
      if (i >= other->size() && i < t.vocab_size()) break;  // tokens that were added
      return failed(name, concat({path("vocab.txt"), ": token ", i, ": expected \"", t.token(id),
                                  "\" by tokenizer.json, found \"", other->token(id), "\""}));
    }
    passed(name, {"vocab.txt and tokenizer.json have the same tokens"});
  }

  static constexpr std::string_view texts[] = {"A gripping, beautifully shot film.", "", "one two three",
                                               "A dull, lifeless mess of a film that goes on and on, and on!"};

  // The kernels of this machine against the plain ones of every machine, and a batch against its texts alone.
  [[gnu::cold]] void check_numbers(text_classifier& classifier) {
    constexpr std::string_view name = "numbers";
    std::vector<float> alone;
    for (const std::string_view text : texts) {
      const classification answer = classifier(text);
      if (!answer.has_label())
        return failed(name, concat({directory_.string(), ": the logits of \"", text, "\" are no finite numbers"}));
      alone.insert(alone.end(), answer.logits.begin(), answer.logits.end());
    }
    std::size_t i = 0;
    for (const classification& answer : classifier(texts))
      for (const float x : answer.logits)
        if (std::bit_cast<std::uint32_t>(x) != std::bit_cast<std::uint32_t>(alone[i++]))
          return failed(name, "a text has other logits in a batch than alone");
    load_options plain = options_;
    plain.kernels = nullptr;
    plain.isa = "baseline";
    plain.use_packed = false;
    auto other = text_classifier::load(directory_, plain);
    if (!other) {
      if (other.error().code == errc::file_not_found)
        return skipped(name, {"without the weights' own file there is nothing to compare kernels by"});
      return failed(name, other.error().message);
    }
    double largest = 1, difference = 0;
    i = 0;
    for (const classification& answer : (*other)(texts))
      for (const float x : answer.logits) {
        largest = std::max(largest, std::abs(static_cast<double>(x)));
        difference = std::max(difference, std::abs(static_cast<double>(x) - static_cast<double>(alone[i++])));
      }
    // Rounded differently at each of a few thousand sums, half of float32's digits are still the same.
    if (!(difference <= 1e-3 * largest))
      return failed(name, concat({"the kernels ", classifier.model().kernels().name,
                                  " give logits far from those of baseline, by ", std::to_string(difference)}));
    passed(name, {classifier.model().kernels().name, " agrees with baseline, batches with single texts"});
  }

  [[gnu::cold]] void check_answers(text_classifier& classifier) {
    constexpr std::string_view name = "known answers";
    if (known_ == nullptr) return skipped(name, {"the weights are of no model that is known here"});
    for (const known_answer& known : known_->answers) {
      const classification answer = classifier(known.text);
      const auto differs = [&](std::string_view what, const std::string& expected, const std::string& found) {
        failed(name, concat({"\"", known.text, "\": ", what, ": expected ", expected, ", found ", found}));
      };
      if (answer.label != known.label) return differs("label", std::string(known.label), std::string(answer.label));
      const auto far = [&](double expected, double found) {
        return !(std::abs(expected - found) <= known_->tolerance);
      };
      for (std::size_t i = 0; i < known.logits.size() && (known.logits[0] != 0 || known.logits[1] != 0); ++i)
        if (const double found = static_cast<double>(answer.logits[i]); far(known.logits[i], found))
          return differs(concat({"logit ", i}), std::to_string(known.logits[i]), std::to_string(found));
      if (const double found = static_cast<double>(answer.score); known.score != 0 && far(known.score, found))
        return differs("score", std::to_string(known.score), std::to_string(found));
    }
    passed(name, {"all ", known_->answers.size(), " published answers of ", known_->name});
  }

  const std::filesystem::path& directory_;
  const load_options& options_;
  const known_model* known_ = nullptr;
  self_test_report report_;
};

}  // namespace detail

/// Looks whether a model's directory is whole and right, and whether this machine computes right with it: its files
/// against each other; the hashes of a packed file; special tokens; the kernels chosen against the plain ones, batches
/// against single texts. For a model that is known by the SHA-256 of its weights, also its other files by theirs, and
/// published answers. The message of what failed names the file or field. Takes the memory of two models, in turn.
[[gnu::cold]] inline self_test_report self_test(const std::filesystem::path& directory,
                                                const load_options& options = {}) {
  return detail::self_tester(directory, options).run();
}

}  // namespace distilbert
