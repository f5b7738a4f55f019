// Many texts at once, on two threads, and errors without exceptions.
#include <distilbert/core/thread_pool.hpp>
#include <distilbert/distilbert.hpp>

#include <cstdio>
#include <string_view>
#include <vector>

int main() {
  auto classifier = distilbert::text_classifier::load("models/sst2-mini");
  if (!classifier) {
    std::fprintf(stderr, "%s\n", classifier.error().message.c_str());
    return 1;
  }
  const std::vector<std::string_view> texts = {"An instant classic.", "Two hours I will never get back.",
                                               "Warm, funny and wise."};
  distilbert::thread_pool pool(2);  // or anything else with parallel_for(n, f) and concurrency()
  const auto answers = (*classifier)(texts, {.executor = pool});
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::printf("%.*s %.4f  %.*s\n", static_cast<int>(answers[i].label.size()), answers[i].label.data(),
                static_cast<double>(answers[i].score), static_cast<int>(texts[i].size()), texts[i].data());
}
