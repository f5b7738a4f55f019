// One immutable model for all threads, one classifier for each.
#include <distilbert/distilbert.hpp>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

int main() {
  const auto first = distilbert::text_classifier::load("models/sst2-mini").value();
  std::vector<std::string> labels(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < labels.size(); ++i)
    threads.emplace_back([&labels, i, classifier = first]() mutable {  // a copy shares the weights
      labels[i] = classifier(i % 2 == 0 ? "A delight." : "A disaster.").label;
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& label : labels) std::puts(label.c_str());
}
