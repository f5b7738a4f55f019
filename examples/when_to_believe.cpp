// When to believe an answer: long texts in windows, signals, calibration and NEUTRAL, and why.
// docs/guide/long-texts.md, signals.md, calibration.md, explain.md
#include <distilbert/distilbert.hpp>
#include <distilbert/pipeline/abstention.hpp>
#include <distilbert/pipeline/calibration.hpp>
#include <distilbert/pipeline/explain.hpp>
#include <distilbert/pipeline/long_text.hpp>
#include <distilbert/pipeline/signals.hpp>

#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

int report(const distilbert::error& fault) { return std::fprintf(stderr, "%s\n", fault.message.c_str()), 1; }

int shown(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

int main() {
  auto classifier = distilbert::text_classifier::load("models/sst2-mini").value();

  std::string text;
  for (int i = 0; i < 60; ++i) text += "The opening is a delight, funny and warm. ";
  for (int i = 0; i < 60; ++i) text += "Then the story falls apart, dull and far too long. ";
  const std::vector<std::string_view> texts = {text};
  distilbert::long_text_classifier reader(classifier);  // shares the classifier's model
  const auto answers = reader(texts, {.policy = distilbert::overflow::windows, .stride = 64});
  if (!answers) return report(answers.error());
  for (const distilbert::long_classification& answer : *answers)
    for (const distilbert::text_window& window : answer.windows)
      std::printf("window of %zu tokens: %.*s\n", window.tokens, shown(window.label), window.label.data());

  const std::string_view french = "Le film est très bon et les acteurs sont parfaits";
  const auto answer = classifier(french);
  distilbert::encoding room;  // reuse it
  const distilbert::text_signals signals = distilbert::signals_of(classifier.model(), french, answer.scores, room);
  std::printf("not English: %s\n", signals.not_english ? "yes" : "no");

  // Texts whose labels are known; a real file has hundreds.
  distilbert::labelled_logits known(classifier.model().labels());
  for (const char* good : {"A joy.", "A gripping film.", "Great fun.", "Wonderful actors.", "I loved it."})
    known.add(classifier(good).logits, 1);
  for (const char* bad : {"A bore.", "Dull.", "I hated it.", "Not bad, they said.", "A gripping bore."})
    known.add(classifier(bad).logits, 0);
  const double temperature = distilbert::fit_temperature(known).value();
  const auto package = classifier("The package arrived on Tuesday.");
  std::vector<float> scores(package.scores.size());
  distilbert::scores_at(temperature, distilbert::score_function::softmax, package.logits, scores);
  const auto neutral = distilbert::abstention::inside(0.05F, 0.95F);
  std::printf("the package: %s\n", neutral(scores) ? "NEUTRAL" : "believed");

  const auto why = distilbert::explain(classifier, "not a very good film");
  if (!why) return report(why.error());
  double sum = why->empty_logit;
  for (const distilbert::explained_part& word : why->parts) sum += word.contribution;
  std::printf("the words of %.*s add up: %s\n", shown(why->label), why->label.data(),
              std::abs(sum - why->logit) < 1e-4 ? "yes" : "no");
}
