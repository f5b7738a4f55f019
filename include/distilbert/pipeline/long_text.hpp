#pragma once
// An include of its own: who classifies short texts does not pay for it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/overflow.hpp"
#include "distilbert/pipeline/temperature.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "distilbert/pipeline/token_frame.hpp"
#include "distilbert/text/sentences.hpp"

namespace distilbert {

/// What one call may ask for.
struct long_text_options {
  overflow policy = overflow::windows;  ///< what becomes of what the model cannot read at once
  /// Tokens read at once, special tokens included; 0, or more than the model takes, means all it takes.
  std::size_t max_length = 0;
  /// Tokens that a window shares with the one before it: Transformers' `stride`, Elasticsearch's `span`.
  std::size_t stride = 0;
  /// Logits are divided by it before they become scores: see calibration.hpp. 1 leaves the scores as they are.
  double temperature = 1;
  /// Overrules the function that the model's configuration asks for.
  std::optional<score_function> function = {};
  /// Runs the work; the calling thread alone, when there is none.
  parallel_ref executor = {};
};

/// What was read at once, and the answer to it alone.
struct text_window {
  token_offsets bytes;            ///< where it lies in the text; for head_tail, the cut is inside
  std::size_t tokens = 0;         ///< of the text's own, without special tokens: its weight
  std::string_view label;         ///< the best label; lives as long as the model
  float score = 0;                ///< its score
  std::int32_t label_id = 0;      ///< its id
  std::span<const float> scores;  ///< by label id
  std::span<const float> logits;  ///< by label id
};

/// The answer about a text of any length. Its spans live until the classifier's next call.
struct long_classification {
  std::string_view label;                ///< the best label of `scores`; lives as long as the model
  float score = 0;                       ///< its score
  std::int32_t label_id = 0;             ///< its id
  token_offsets bytes;                   ///< what was asked about: the whole text, or one sentence of it
  std::size_t tokens = 0;                ///< of the text's own, read or not, without special tokens
  std::size_t tokens_cut = 0;            ///< those that were not read
  token_offsets cut;                     ///< where they lie in the text; [0, 0] when there are none
  std::span<const float> scores;         ///< by label id: the windows' mean, weighted by their tokens
  std::span<const text_window> windows;  ///< one at least

  /// How far the windows disagree: the largest less the smallest score that they give to the label. 0 for one window.
  float spread() const noexcept {
    float low = score, high = score;
    for (const text_window& w : windows) {
      low = std::min(low, w.scores[static_cast<std::size_t>(label_id)]);
      high = std::max(high, w.scores[static_cast<std::size_t>(label_id)]);
    }
    return windows.size() < 2 ? 0.0F : high - low;
  }
};

/// Labels texts of any length. All windows of all texts of a call run as one batch; the logits of a window are the bits
/// that its tokens alone would give. One belongs to one thread at a time.
class long_text_classifier {
 public:
  /// Takes a classifier: its model and workspace.
  explicit long_text_classifier(text_classifier classifier)
      : classifier_(std::move(classifier)), frame_(token_frame::of(classifier_.model().text_tokenizer())) {}

  /// What it classifies by.
  const text_model& model() const noexcept { return classifier_.model(); }

  /// Classifies texts; one answer each, in order.
  ///
  /// Errors: invalid_argument, for a max_length without room for a token, a stride that leaves no step forward, a
  /// temperature that is not above 0; invalid_input, for a text that is too long where the policy is overflow::error.
  result<std::span<const long_classification>> operator()(std::span<const std::string_view> texts,
                                                          const long_text_options& options = {}) {
    if (auto ready = begin(options); !ready) return std::move(ready).error();
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (auto added = add(texts[i], 0, i, options); !added) return std::move(added).error();
    return finish(options);
  }

  /// Classifies the sentences of a text (split_sentences); one answer each, whose offsets are those of the whole text.
  ///
  /// Errors: as above; not_finite where a logit is no number.
  result<std::span<const long_classification>> sentences(std::string_view text, const long_text_options& options = {}) {
    if (auto ready = begin(options); !ready) return std::move(ready).error();
    split_sentences(text, sentences_);
    for (std::size_t i = 0; i < sentences_.size(); ++i) {
      const auto [from, to] = sentences_[i];
      if (auto added = add(text.substr(from, to - from), from, i, options); !added) return std::move(added).error();
    }
    return finish(options);
  }

 private:
  result<void> begin(const long_text_options& options) {
    const std::size_t most = model().max_length();
    const std::size_t limit = options.max_length == 0 ? most : std::min(options.max_length, most);
    if (limit <= frame_.size())
      return error{errc::invalid_argument, detail::concat({"max_length: expected room for a token beside ",
                                                           frame_.size(), " special ones, found ", limit})};
    room_ = limit - frame_.size();
    if (options.stride >= room_)
      return error{errc::invalid_argument, detail::concat({"stride: expected less than the ", room_,
                                                           " tokens of a window, found ", options.stride})};
    if (!(options.temperature > 0)) return error{errc::invalid_argument, "temperature: expected a number above 0"};
    answers_.clear();
    windows_.clear();
    ids_.clear();
    starts_.assign(1, 0);
    first_window_.assign(1, 0);
    return {};
  }

  // Adds a text that begins at byte `base` of what its offsets are told in.
  result<void> add(std::string_view text, std::size_t base, std::size_t number, const long_text_options& options) {
    model().text_tokenizer().encode(text, {.add_special_tokens = false, .offsets = true}, encoding_);
    const std::size_t n = encoding_.ids.size();
    long_classification& answer = answers_.emplace_back();
    answer.bytes = {base, base + text.size()};
    answer.tokens = n;
    const std::size_t head = options.policy == overflow::head_tail ? room_ / 4 : 0;
    if (n <= room_) {
      put(0, n, n, n, base);
    } else {
      switch (options.policy) {
        case overflow::error:
          return error{errc::invalid_input,
                       detail::concat({"text ", number, ": expected at most ", room_ + frame_.size(),
                                       " tokens, special ones included, found ", n + frame_.size()})};
        case overflow::head: put(0, room_, n, n, base); break;
        case overflow::tail:
        case overflow::head_tail: put(0, head, n - (room_ - head), n, base); break;
        case overflow::windows:
          for (std::size_t from = 0, to = 0; to < n; from += room_ - options.stride)
            put(from, to = std::min(from + room_, n), n, n, base);
          break;
      }
      if (options.policy != overflow::windows) {
        answer.tokens_cut = n - room_;
        const std::size_t from = options.policy == overflow::head ? room_ : head;
        answer.cut = {base + encoding_.offsets[from].begin, base + encoding_.offsets[from + n - room_ - 1].end};
      }
    }
    first_window_.push_back(windows_.size());
    return {};
  }

  // A window of the tokens [begin, end) and [second, second_end).
  void put(std::size_t begin, std::size_t end, std::size_t second, std::size_t second_end, std::size_t base) {
    const std::span<const std::int32_t> ids = encoding_.ids;
    frame_.append(ids.subspan(begin, end - begin), ids.subspan(second, second_end - second), ids_);
    starts_.push_back(ids_.size());
    text_window& window = windows_.emplace_back();
    window.tokens = end - begin + (second_end - second);
    if (window.tokens == 0) return;
    const std::size_t first = begin < end ? begin : second, last = second < second_end ? second_end : end;
    window.bytes = {base + encoding_.offsets[first].begin, base + encoding_.offsets[last - 1].end};
  }

  result<std::span<const long_classification>> finish(const long_text_options& options) {
    const score_function function = options.function.value_or(model().default_function());
    const auto read = classifier_.classify_ids({ids_, starts_}, {.function = function, .executor = options.executor});
    if (!read) return read.error();
    const std::size_t labels = model().labels();
    scores_.resize((windows_.size() + answers_.size()) * labels);
    const std::span<float> all = scores_;
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      const classification& answer = (*read)[i];
      if (!answer.has_label())
        return error{errc::not_finite,
                     "logits: expected finite numbers, found others: the model's weights are damaged"};
      const std::span<float> scores = all.subspan(i * labels, labels);
      if (options.temperature == 1)
        std::copy(answer.scores.begin(), answer.scores.end(), scores.begin());
      else
        scores_at(options.temperature, function, answer.logits, scores);
      windows_[i].logits = answer.logits;
      choose(windows_[i], scores);
    }
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      const std::span<float> scores = all.subspan((windows_.size() + i) * labels, labels);
      answers_[i].windows =
          std::span<const text_window>(windows_).subspan(first_window_[i], first_window_[i + 1] - first_window_[i]);
      average(answers_[i].windows, scores);
      choose(answers_[i], scores);
    }
    return std::span<const long_classification>(answers_);
  }

  template <class Answer>
  void choose(Answer& answer, std::span<const float> scores) const {
    const auto best = std::max_element(scores.begin(), scores.end());
    answer.scores = scores;
    answer.label_id = static_cast<std::int32_t>(best - scores.begin());
    answer.label = model().label(static_cast<std::size_t>(answer.label_id));
    answer.score = *best;
  }

  static void average(std::span<const text_window> windows, std::span<float> scores) {
    if (windows.size() == 1) {
      std::copy(windows[0].scores.begin(), windows[0].scores.end(), scores.begin());
      return;
    }
    double weight = 0;
    for (const text_window& w : windows) weight += static_cast<double>(w.tokens);
    for (std::size_t label = 0; label < scores.size(); ++label) {
      double sum = 0;
      for (const text_window& w : windows) sum += static_cast<double>(w.tokens) * static_cast<double>(w.scores[label]);
      scores[label] = static_cast<float>(sum / weight);
    }
  }

  text_classifier classifier_;
  token_frame frame_;
  std::size_t room_ = 0;  // tokens of a window, without special ones
  encoding encoding_;
  std::vector<token_offsets> sentences_;
  std::vector<std::int32_t> ids_;  // of all windows
  std::vector<std::size_t> starts_, first_window_;
  std::vector<text_window> windows_;
  std::vector<long_classification> answers_;
  std::vector<float> scores_;  // of the windows, then of the texts
};

}  // namespace distilbert
