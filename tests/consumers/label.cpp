// Exits with 0 when a film that pleases is POSITIVE: label MODEL
#include <distilbert/distilbert.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto classifier = distilbert::text_classifier::load(argv[1]);
  if (!classifier) {
    std::puts(classifier.error().message.c_str());
    return 1;
  }
  const auto answer = (*classifier)("A gripping, beautifully shot film.");
  std::printf("%.*s %.9g\n", static_cast<int>(answer.label.size()), answer.label.data(),
              static_cast<double>(answer.score));
  return answer.label == "POSITIVE" && answer.score > 0.99F ? 0 : 1;
}
