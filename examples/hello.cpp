// A label for a text. From the root of the tree: g++ -std=c++20 -O2 -I include examples/hello.cpp && ./a.out
#include <distilbert/distilbert.hpp>

#include <iostream>

int main() {
  auto classifier = distilbert::text_classifier::load("models/sst2-mini").value();
  auto answer = classifier("A gripping, beautifully shot film.");
  std::cout << answer.label << ' ' << answer.score << '\n';
}
