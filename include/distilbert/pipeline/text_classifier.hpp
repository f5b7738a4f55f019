#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/finite.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/model/ragged_batch.hpp"
#include "distilbert/model/workspace.hpp"
#include "distilbert/pipeline/options.hpp"
#include "distilbert/pipeline/text_model.hpp"

namespace distilbert {

/// The answer about one text.
///
/// Where a logit is NaN or infinite - a packed file with damaged weights, or weights so large that sums overflow -
/// there is no answer: has_label() is false, the label empty, its id -1, all scores 0; the logits show what it was.
struct classification {
  /// Whether the logits are finite, so that there is an answer.
  bool has_label() const noexcept { return label_id >= 0; }
  std::string_view label;         ///< the best label; lives as long as the model
  float score = 0;                ///< its score
  std::int32_t label_id = 0;      ///< the first of the best, where several are equal
  bool truncated = false;         ///< whether the text had more tokens than were read
  std::size_t tokens = 0;         ///< tokens read, [CLS] and [SEP] included
  std::span<const float> scores;  ///< by label id; until the classifier's next call
  std::span<const float> logits;  ///< by label id; until the classifier's next call
};

/// One label of a ranking.
struct ranked_label {
  std::string_view label;     ///< lives as long as the model
  float score = 0;            ///< its score
  std::int32_t label_id = 0;  ///< its id
};

/// Labels texts. Holds a shared, immutable model and a workspace of its own, hence the non-const call operator:
/// one classifier belongs to one thread at a time. A copy shares the model and has another workspace.
///
/// The logits of a text are the same bits alone, in any batch, with any executor and on every run. Any byte string is a
/// text. No call allocates once it has seen a batch as large.
class text_classifier {
 public:
  /// See text_model::load.
  [[gnu::cold]] static result<text_classifier> load(const std::filesystem::path& directory,
                                                    const load_options& options = {}) {
    return make(text_model::load(directory, options));
  }
  /// The same from memory.
  [[gnu::cold]] static result<text_classifier> load(const model_files& files, const load_options& options = {}) {
    return make(text_model::load(files, options));
  }

  /// Shares the model; the workspace is its own.
  text_classifier(const text_classifier& other) : text_classifier(other.model_) {}
  /// The same.
  text_classifier& operator=(const text_classifier& other) { return *this = text_classifier(other); }
  /// Takes model and workspace; what is moved from can only be assigned to.
  text_classifier(text_classifier&&) noexcept = default;
  text_classifier& operator=(text_classifier&&) noexcept = default;  ///< The same.
  ~text_classifier() = default;

  /// What it classifies by.
  const text_model& model() const noexcept { return *model_; }

  /// Classifies one text.
  classification operator()(std::string_view text, const classify_options& options = {}) {
    return (*this)(std::span<const std::string_view>(&text, 1), options)[0];
  }

  /// Classifies texts; one answer each, in order, valid until the next call.
  std::span<const classification> operator()(std::span<const std::string_view> texts,
                                             const classify_options& options = {}) {
    begin(texts.size(), options);
    const encode_options encode{.max_length = limit(options)};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      model_->text_tokenizer().encode(texts[i], encode, encoding_);
      add(encoding_.ids, encoding_.truncated);
    }
    return finish(options);
  }

  /// Classifies texts that are token ids already, special tokens included: for callers with a tokenizer of their own.
  ///
  /// Errors: invalid_argument, for a text without tokens or longer than max_position_embeddings, or an id out of range.
  result<std::span<const classification>> classify_ids(const ragged_batch& batch,
                                                       const classify_options& options = {}) {
    const auto longest = static_cast<std::size_t>(model_->config().max_position_embeddings);
    for (std::size_t t = 0; t < batch.texts(); ++t) {
      if (batch.length(t) == 0 || batch.length(t) > longest)
        return error{errc::invalid_argument,
                     detail::concat({"text ", t, ": expected 1 to ", longest, " tokens, found ", batch.length(t)})};
      for (std::size_t i = 0; i < batch.length(t); ++i)
        if (const std::int32_t id = batch.text(t)[i]; id < 0 || id >= model_->config().vocab_size)
          return error{errc::invalid_argument, detail::concat({"text ", t, ", token ", i, ": expected an id below ",
                                                               model_->config().vocab_size, ", found ", id})};
    }
    begin(batch.texts(), options);
    for (std::size_t t = 0; t < batch.texts(); ++t) add({batch.text(t), batch.length(t)}, false);
    return finish(options);
  }

  /// The k best labels of an answer, best first; equal scores in the order of their ids; none where it has no label.
  /// Valid until the next ranking.
  std::span<const ranked_label> top(const classification& answer, std::size_t k = static_cast<std::size_t>(-1)) {
    ranking_.resize(answer.has_label() ? answer.scores.size() : 0);
    for (std::size_t i = 0; i < ranking_.size(); ++i)
      ranking_[i] = {model_->label(i), answer.scores[i], static_cast<std::int32_t>(i)};
    const auto better = [](const ranked_label& a, const ranked_label& b) {
      return a.score != b.score ? a.score > b.score : a.label_id < b.label_id;
    };
    std::make_heap(ranking_.begin(), ranking_.end(), better);
    std::sort_heap(ranking_.begin(), ranking_.end(), better);
    return std::span<const ranked_label>(ranking_).first(std::min(k, ranking_.size()));
  }

 private:
  explicit text_classifier(std::shared_ptr<const text_model> model) : model_(std::move(model)) {}

  [[gnu::cold]] static result<text_classifier> make(result<std::shared_ptr<const text_model>> model) {
    if (!model) return std::move(model).error();
    text_classifier classifier(*std::move(model));
    if (!classifier.model_->reserve(classifier.workspace_, 1))
      return error{errc::out_of_memory,
                   detail::concat({"no memory for a workspace of ", classifier.model_->workspace_bytes(), " bytes"})};
    return classifier;
  }

  std::size_t limit(const classify_options& options) const noexcept {
    return options.max_length == 0 ? model_->max_length() : std::min(options.max_length, model_->max_length());
  }

  // Texts gather until they fill a pass; then one forward pass runs over all of their tokens.
  void begin(std::size_t texts, const classify_options& options) {
    const std::size_t labels = model_->labels();
    answers_.assign(texts, {});
    logits_.resize(texts * labels);
    ids_.clear();
    starts_.assign(1, 0);
    done_ = 0;
    executor_ = options.executor;
    // Without the memory for each thread's scratch, the calling thread alone gives the same answers.
    if (!model_->reserve(workspace_, executor_.concurrency())) {
      executor_ = {};
      if (!model_->reserve(workspace_, 1))
        detail::raise({errc::out_of_memory,
                       detail::concat({"no memory for a workspace of ", model_->workspace_bytes(), " bytes"})});
    }
  }

  void add(std::span<const std::int32_t> ids, bool truncated) {
    const std::size_t waiting = starts_.size() - 1;
    if (waiting > 0 && (ids_.size() + ids.size() > text_model::pass_tokens || waiting == text_model::pass_texts)) run();
    classification& answer = answers_[done_ + starts_.size() - 1];
    answer.tokens = ids.size();
    answer.truncated = truncated;
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    starts_.push_back(ids_.size());
  }

  void run() {
    model_->logits({ids_, starts_}, logits_.data() + done_ * model_->labels(), workspace_, executor_);
    done_ += starts_.size() - 1;
    ids_.clear();
    starts_.assign(1, 0);
  }

  std::span<const classification> finish(const classify_options& options) {
    if (starts_.size() > 1) run();
    const fp_environment ieee;
    const std::size_t labels = model_->labels();
    const auto rows = static_cast<isize>(answers_.size()), columns = static_cast<isize>(labels);
    scores_.assign(logits_.begin(), logits_.end());
    const score_function function = options.function.value_or(model_->default_function());
    if (function == score_function::softmax)
      model_->kernels().softmax({scores_.data(), columns, rows, columns, columns});
    else if (function == score_function::sigmoid)
      model_->kernels().sigmoid(scores_.data(), rows * columns);
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      classification& answer = answers_[i];
      answer.logits = {logits_.data() + i * labels, labels};
      answer.scores = {scores_.data() + i * labels, labels};
      if (!std::all_of(answer.logits.begin(), answer.logits.end(), is_finite)) {
        std::fill_n(scores_.begin() + static_cast<std::ptrdiff_t>(i * labels), labels, 0.0F);
        answer.label_id = -1;
        continue;
      }
      const auto best = std::max_element(answer.scores.begin(), answer.scores.end());
      answer.label_id = static_cast<std::int32_t>(best - answer.scores.begin());
      answer.label = model_->label(static_cast<std::size_t>(answer.label_id));
      answer.score = *best;
    }
    return answers_;
  }

  std::shared_ptr<const text_model> model_;
  workspace workspace_;
  encoding encoding_;
  std::vector<std::int32_t> ids_;  // of the texts that wait for a pass
  std::vector<std::size_t> starts_;
  std::size_t done_ = 0;  // texts whose logits are there
  parallel_ref executor_;
  std::vector<float> logits_, scores_;
  std::vector<classification> answers_;
  std::vector<ranked_label> ranking_;
};

}  // namespace distilbert
