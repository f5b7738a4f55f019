// One model with its weights as each type: what it takes and what it answers. docs/guide/weights.md
#include <distilbert/distilbert.hpp>

#include <cmath>
#include <cstdio>
#include <string>

using distilbert::weight_type;

int main() {
  const std::string text = "A gripping, beautifully shot film.";
  float exact = 0;
  for (const weight_type& type : {weight_type::f32, weight_type::f16, weight_type::bf16, weight_type::int8}) {
    auto classifier = distilbert::text_classifier::load("models/sst2-mini", {.weights = type});
    if (!classifier) return std::puts(classifier.error().message.c_str()), 1;
    const auto answer = (*classifier)(text);
    if (type == weight_type::f32) exact = answer.score;
    std::printf("%-5s %3zu MB  %s\n", std::string(type.name()).c_str(), classifier->model().weight_bytes() / 1000000,
                std::string(answer.label).c_str());
    if (answer.label != "POSITIVE" || std::abs(answer.score - exact) > 0.001F) return 1;
  }
}
