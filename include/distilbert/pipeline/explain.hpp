#pragma once
// An include of its own: who asks for labels alone does not pay for it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/random.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "distilbert/pipeline/token_frame.hpp"
#include "distilbert/text/unicode.hpp"
#include "distilbert/text/utf8.hpp"

namespace distilbert {

/// How an explanation is computed.
struct explain_options {
  std::optional<std::int32_t> label_id = {};  ///< whose logit is explained; the best label's where none is named
  std::size_t permutations = 32;  ///< orders of the words that are sampled, in pairs: 4 at least, an odd one rounded up
  std::size_t exact_words = 8;    ///< up to so many words, every subset is evaluated instead; 16 at most
  std::size_t most_parts = 64;    ///< where a text has more words, neighbours are explained together; 1 at least
  std::uint64_t seed = 0;         ///< of the sampling; the same seed gives the same explanation
  std::size_t max_length = 0;     ///< as in classify_options
  parallel_ref executor = {};     ///< as in classify_options
};

/// A word of a text, or neighbouring words, and what it adds to the logit.
struct explained_part {
  token_offsets bytes;        ///< where it lies in the text
  double contribution = 0;    ///< to the logit
  double standard_error = 0;  ///< of the contribution, by the sampling; 0 where it is exact
};

/// Why a text has its logit: the parts' contributions add up to logit - empty_logit.
struct explanation {
  std::string_view label;             ///< the label explained; lives as long as the model
  std::int32_t label_id = 0;          ///< its id
  float score = 0;                    ///< the label's score of the whole text
  double logit = 0;                   ///< the label's logit of the whole text
  double empty_logit = 0;             ///< and of the empty text
  std::vector<explained_part> parts;  ///< in the order of the text
  bool exact = false;                 ///< every subset was evaluated
  bool truncated = false;             ///< the text had more tokens than were read; the words beyond have no part
  std::size_t evaluations = 0;        ///< texts that were classified
};

namespace detail {

/// Shapley values over the words of one text.
class shapley {
 public:
  shapley(text_classifier& classifier, std::string_view text, const explain_options& options)
      : classifier_(classifier), text_(text), options_(options), random_(options.seed) {}

  result<explanation> run() {
    const text_model& model = classifier_.model();
    const tokenizer& tokens = model.text_tokenizer();
    if (options_.label_id && (*options_.label_id < 0 || static_cast<std::size_t>(*options_.label_id) >= model.labels()))
      return error{errc::invalid_argument,
                   concat({"label_id: expected an id below ", model.labels(), ", found ", *options_.label_id})};
    const std::size_t limit =
        options_.max_length == 0 ? model.max_length() : std::min(options_.max_length, model.max_length());
    frame_ = token_frame::of(tokens);
    tokens.encode(text_,
                  {.max_length = limit - std::min(limit, frame_.size()), .add_special_tokens = false, .offsets = true},
                  encoding_);
    find_parts();
    const std::size_t n = out_.parts.size();
    out_.exact = n <= std::min<std::size_t>(options_.exact_words, 16);
    out_.truncated = encoding_.truncated;

    subset all(n, true), none(n, false);
    ask(all);
    ask(none);
    if (out_.exact)
      ask_every_subset();
    else
      ask_permutations();
    if (auto done = evaluate(); !done) return std::move(done).error();
    if (out_.exact)
      weigh_every_subset();
    else
      average_permutations();
    return std::move(out_);
  }

 private:
  using subset = std::vector<bool>;  // the parts that are there

  // Words are parted by white space; a token belongs to the word that it begins in.
  void find_parts() {
    std::vector<explained_part> words;
    std::vector<std::size_t> first_token;
    std::size_t token = 0;
    for (std::size_t i = 0; i < text_.size();) {
      const auto space_at = [&](const utf8::decoded& d) { return (unicode::flags(d.scalar) & unicode::space) != 0; };
      utf8::decoded d = utf8::decode(text_, i);
      const std::size_t begin = i;
      for (; i < text_.size() && !space_at(d = utf8::decode(text_, i));) i += d.length;
      if (i == begin) {
        i += d.length;
        continue;
      }
      const std::size_t first = token;
      while (token < encoding_.ids.size() && encoding_.offsets[token].begin < i) ++token;
      if (token == first) continue;
      words.push_back({.bytes = {begin, i}});
      first_token.push_back(first);
    }
    if (words.empty()) return;
    first_token[0] = 0;
    first_token.push_back(encoding_.ids.size());
    const std::size_t most = std::max<std::size_t>(options_.most_parts, 1);
    const std::size_t group = (words.size() + most - 1) / most;
    for (std::size_t w = 0; w < words.size(); w += group) {
      const std::size_t last = std::min(w + group, words.size()) - 1;
      out_.parts.push_back({.bytes = {words[w].bytes.begin, words[last].bytes.end}});
      first_token_.push_back(first_token[w]);
    }
    first_token_.push_back(encoding_.ids.size());
  }

  // The text without the parts that are not in `there`.
  void ask(const subset& there) {
    ids_.insert(ids_.end(), frame_.before.begin(), frame_.before.end());
    for (std::size_t p = 0; p < there.size(); ++p)
      if (there[p])
        ids_.insert(ids_.end(), encoding_.ids.begin() + static_cast<std::ptrdiff_t>(first_token_[p]),
                    encoding_.ids.begin() + static_cast<std::ptrdiff_t>(first_token_[p + 1]));
    ids_.insert(ids_.end(), frame_.after.begin(), frame_.after.end());
    starts_.push_back(ids_.size());
  }

  void ask_every_subset() {
    const std::size_t n = out_.parts.size();
    for (std::size_t mask = 1; mask + 1 < std::size_t{1} << n; ++mask) {
      subset there(n);
      for (std::size_t p = 0; p < n; ++p) there[p] = (mask >> p & 1) != 0;
      ask(there);
    }
  }

  // Each order and its reverse: what one overrates, the other tends to underrate.
  void ask_permutations() {
    std::vector<std::size_t> order(out_.parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t pairs = std::max<std::size_t>((options_.permutations + 1) / 2, 2);
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
      for (int direction = 0; direction < 2; ++direction) {
        subset there(order.size());
        for (std::size_t i = 0; i + 1 < order.size(); ++i) {
          there[order[i]] = true;
          ask(there);
        }
        orders_.push_back(order);
        std::reverse(order.begin(), order.end());
      }
    }
  }

  // The logits of all that was asked.
  result<void> evaluate() {
    const auto answers = classifier_.classify_ids({ids_, starts_}, {.executor = options_.executor});
    if (!answers) return answers.error();
    for (const classification& answer : *answers)
      if (!answer.has_label())
        return error{errc::not_finite,
                     "logits: expected finite numbers, found others: the model's weights are damaged"};
    const classification& whole = (*answers)[0];
    out_.label_id = options_.label_id.value_or(whole.label_id);
    const auto label = static_cast<std::size_t>(out_.label_id);
    out_.label = classifier_.model().label(label);
    out_.score = whole.scores[label];
    for (const classification& answer : *answers) values_.push_back(static_cast<double>(answer.logits[label]));
    out_.logit = values_[0];
    out_.empty_logit = values_[1];
    out_.evaluations = values_.size();
    return {};
  }

  // Source: Shapley 1953; phi_i = sum over subsets S without i of |S|! (n-|S|-1)! / n! (v(S and i) - v(S)).
  void weigh_every_subset() {
    const std::size_t n = out_.parts.size();
    const std::size_t last = (std::size_t{1} << n) - 1;
    const auto value = [&](std::size_t mask) {
      return mask == 0 ? out_.empty_logit : mask == last ? out_.logit : values_[mask + 1];
    };
    std::vector<double> weight(n);  // by |S|
    for (std::size_t size = 0; size < n; ++size)
      weight[size] = size == 0 ? 1 / static_cast<double>(n)
                               : weight[size - 1] * static_cast<double>(size) / static_cast<double>(n - size);
    for (std::size_t mask = 0; mask < last; ++mask)
      for (std::size_t p = 0; p < n; ++p)
        if ((mask >> p & 1) == 0)
          out_.parts[p].contribution +=
              weight[static_cast<std::size_t>(std::popcount(mask))] * (value(mask | std::size_t{1} << p) - value(mask));
  }

  // Source: Castro et al. 2009, "Polynomial calculation of the Shapley value based on sampling"; Mitchell et al. 2022,
  // "Sampling Permutations for Shapley Value Estimation", section 3 (antithetic pairs).
  void average_permutations() {
    const std::size_t n = out_.parts.size(), pairs = orders_.size() / 2;
    std::vector<double> of_pair(n), sum(n), squares(n);
    for (std::size_t pair = 0, next = 2; pair < pairs; ++pair) {
      std::fill(of_pair.begin(), of_pair.end(), 0.0);
      for (std::size_t o = 2 * pair; o < 2 * pair + 2; ++o) {
        double before = out_.empty_logit;
        for (std::size_t i = 0; i < n; ++i) {
          const double after = i + 1 < n ? values_[next++] : out_.logit;
          of_pair[orders_[o][i]] += (after - before) / 2;
          before = after;
        }
      }
      for (std::size_t p = 0; p < n; ++p) {
        sum[p] += of_pair[p];
        squares[p] += of_pair[p] * of_pair[p];
      }
    }
    const auto count = static_cast<double>(pairs);
    for (std::size_t p = 0; p < n; ++p) {
      const double mean = sum[p] / count;
      const double variance = std::max(0.0, (squares[p] - count * mean * mean) / (count - 1));
      out_.parts[p].contribution = mean;
      out_.parts[p].standard_error = std::sqrt(variance / count);
    }
  }

  text_classifier& classifier_;
  std::string_view text_;
  const explain_options& options_;
  random_source random_;
  token_frame frame_;
  encoding encoding_;
  std::vector<std::size_t> first_token_;  // of each part, and the end
  std::vector<std::int32_t> ids_;
  std::vector<std::size_t> starts_ = {0};
  std::vector<std::vector<std::size_t>> orders_;
  std::vector<double> values_;
  explanation out_;
};

}  // namespace detail

/// What each word of a text adds to a label's logit: Shapley values over words. A word is what stands between white
/// space; a subset of words is the text's tokens without those of the others, so that no word is cut anew, and the
/// empty text is [CLS] [SEP]. All subsets run as one batch.
///
/// The contributions add up to the difference between the text's logit and the empty text's, whatever the sampling.
/// They tell what the model did, not whether it is right.
///
/// Errors: invalid_argument, for a label_id that the model does not have; not_finite where its logits are no numbers.
inline result<explanation> explain(text_classifier& classifier, std::string_view text,
                                   const explain_options& options = {}) {
  return detail::shapley(classifier, text, options).run();
}

}  // namespace distilbert
