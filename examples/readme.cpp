// What the README shows, word for word; tests/checks/snippets.py sees to that.
#include <distilbert/core/thread_pool.hpp>
#include <distilbert/distilbert.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

int report(distilbert::errc, const std::string& message) { return std::puts(message.c_str()); }

void use(const distilbert::classification& answer) {
  std::printf("%.*s\n", static_cast<int>(answer.label.size()), answer.label.data());
}

void first_label() {
  auto classifier = distilbert::text_classifier::load("models/sst2-mini").value();
  auto answer = classifier("A gripping, beautifully shot film.");  // answer.label, answer.score
  use(answer);
}

int batch(const char* directory, const std::vector<std::string_view>& texts) {
  auto classifier = distilbert::text_classifier::load(directory);
  if (!classifier) return report(classifier.error().code, classifier.error().message);
  distilbert::thread_pool pool(2);
  for (const distilbert::classification& answer : (*classifier)(texts, {.executor = pool})) use(answer);
  return 0;
}

}  // namespace

int main() {
  first_label();
  return batch("models/sst2-mini", {"An instant classic.", "Two hours I will never get back."});
}
