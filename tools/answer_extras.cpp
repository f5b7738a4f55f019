#include "answer_extras.hpp"

#include <cstdio>
#include <utility>

#include "distilbert/pipeline/calibration_file.hpp"
#include "format.hpp"

namespace tool {

using distilbert::classification;
using distilbert::errc;
using distilbert::error;
using distilbert::long_classification;
using distilbert::overflow;
using distilbert::result;

namespace {

std::string place(const distilbert::token_offsets& bytes) {
  return "\"begin\":" + std::to_string(bytes.begin) + ",\"end\":" + std::to_string(bytes.end);
}
std::string labelled(std::string_view label, float score) {
  return ",\"label\":" + json_string(label) + ",\"score\":" + number(static_cast<double>(score)) + "}";
}

}  // namespace

result<answer_extras> answer_extras::make(const extra_options& options, const distilbert::text_classifier& base) {
  answer_extras made(options, base);
  const auto& model = base.model();
  if (options.stride > 0 && options.overflow != overflow::windows)
    return error{errc::invalid_argument, "--stride: expected --overflow windows with it"};
  if (!options.neutral.empty()) {
    auto rule = distilbert::abstention::parse(options.neutral);
    if (!rule) return error{errc::invalid_argument, "--neutral: " + rule.error().message};
    if (rule->is_band() && model.labels() != 2)
      return error{errc::invalid_argument, "--neutral: expected a score: a band is for models of two labels, found " +
                                               std::to_string(model.labels()) + " labels"};
    made.abstain_ = *rule;
  }
  if (!options.calibration.empty()) {
    const auto read = distilbert::calibration::load(options.calibration, model);
    if (!read) return read.error();
    made.temperature_ = read->temperature;
  }
  return made;
}

std::vector<std::string> answer_extras::names(bool json) const {
  std::vector<std::string> all;
  if (options_.overflow) {
    all = {"tokens", "tokens_cut"};
    if (json) all.insert(all.end(), {"cut", "windows"});
    if (!json) all.emplace_back("windows");
  }
  if (options_.sentences) all.emplace_back("sentences");
  if (options_.signals)
    all.insert(all.end(), {"empty", "not_english", "unknown_tokens", "other_letters", "emoji", "margin", "spread"});
  return all;
}

result<std::span<const classification>> answer_extras::operator()(std::span<const std::string_view> texts,
                                                                  const distilbert::classify_options& options) {
  const overflow policy = options_.overflow.value_or(overflow::head);
  distilbert::long_text_options reading{.policy = policy == overflow::error ? overflow::head : policy,
                                        .max_length = options.max_length,
                                        .stride = options_.stride,
                                        .temperature = temperature_,
                                        .function = options.function,
                                        .executor = options.executor};
  limit_ = options.max_length == 0 ? reader_.model().max_length() : options.max_length;
  sentences_.clear();
  if (options_.sentences)
    for (const std::string_view text : texts) {
      const auto parts = reader_.sentences(text, reading);
      if (!parts) return parts.error();
      std::string list = "[";
      for (const long_classification& part : *parts)
        list += (list.size() > 1 ? ",{" : "{") + place(part.bytes) + labelled(part.label, part.score);
      sentences_.push_back(list + "]");
    }
  auto read = reader_(texts, reading);
  if (!read) return std::move(read).error();
  read_ = *read;
  answers_.clear();
  signals_.clear();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const long_classification& from = read_[i];
    classification& to = answers_.emplace_back();
    to.label = from.label;
    if (abstain_ && (*abstain_)(from.scores)) to.label = abstain_->is_band() ? neutral_label : unsure_label;
    to.score = from.score;
    to.label_id = from.label_id;
    to.truncated = from.tokens_cut > 0;
    to.tokens = from.tokens - from.tokens_cut;
    to.scores = from.scores;
    to.logits = from.windows[0].logits;
    if (options_.signals) signals_.push_back(signals_of(reader_.model(), texts[i], from.scores, room_));
  }
  return std::span<const classification>(answers_);
}

std::string answer_extras::windows_json(std::size_t i) const {
  std::string list = "[";
  for (const auto& window : read_[i].windows)
    list += (list.size() > 1 ? ",{" : "{") + place(window.bytes) + ",\"tokens\":" + std::to_string(window.tokens) +
            labelled(window.label, window.score);
  return list + "]";
}

std::vector<std::string> answer_extras::values(std::size_t i, bool json) const {
  std::vector<std::string> all;
  const long_classification& from = read_[i];
  if (options_.overflow) {
    all = {std::to_string(from.tokens), std::to_string(from.tokens_cut)};
    if (json) all.push_back(from.tokens_cut == 0 ? "null" : "{" + place(from.cut) + "}");
    all.push_back(json ? windows_json(i) : std::to_string(from.windows.size()));
  }
  if (options_.sentences) all.push_back(sentences_[i]);
  if (options_.signals) {
    const auto& s = signals_[i];
    all.emplace_back(s.empty ? "true" : "false");
    all.emplace_back(s.not_english ? "true" : "false");
    for (const float x : {s.unknown_tokens, s.other_letters, s.emoji, s.margin, from.spread()})
      all.push_back(number(static_cast<double>(x)));
  }
  return all;
}

std::string answer_extras::remarks(std::size_t i) const {
  std::string all;
  const long_classification& from = read_[i];
  if (options_.overflow && from.tokens_cut > 0)
    all += "(" + std::to_string(from.tokens_cut) + " of " + std::to_string(from.tokens) + " tokens cut) ";
  if (options_.overflow && from.windows.size() > 1) all += "(" + std::to_string(from.windows.size()) + " windows) ";
  if (!options_.signals) return all;
  const auto& s = signals_[i];
  if (s.empty) all += "(empty) ";
  if (s.not_english) all += "(not English) ";
  if (s.emoji > 0.2F) all += "(emoji) ";
  if (s.unknown_tokens > 0.1F) all += "(unknown tokens) ";
  if (from.spread() > 0.5F) all += "(mixed) ";
  if (s.margin < 0.2F) all += "(close call) ";
  return all;
}

std::string answer_extras::fault(std::size_t i) const {
  if (options_.overflow != overflow::error || read_[i].tokens_cut == 0) return {};
  return "expected at most " + std::to_string(limit_) + " tokens, special ones included, found " +
         std::to_string(read_[i].tokens + limit_ - (read_[i].tokens - read_[i].tokens_cut));
}

}  // namespace tool
