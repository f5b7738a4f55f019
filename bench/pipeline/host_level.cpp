// What debug_host.py builds twice, at -O0 and at -O2: prints a line "name seconds" for the best of several calls.
//
//   host_level MODEL_DIRECTORY ROUNDS

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "distilbert/distilbert.hpp"
#include "measure/timing.hpp"

namespace {

template <class Function>
void print(const char* name, std::size_t rounds, Function&& f) {
  const auto timed = [&] { return measure::seconds_of(f); };
  std::printf("%s %.9f\n", name, measure::time_rounds(rounds, timed).best);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: host_level MODEL_DIRECTORY ROUNDS\n"), 2;
  const std::size_t rounds = std::max(1UL, std::strtoul(argv[2], nullptr, 10));
  auto classifier = distilbert::text_classifier::load(argv[1]);
  if (!classifier) return std::fprintf(stderr, "host_level: %s\n", classifier.error().message.c_str()), 1;

  const std::string brief = "A gripping, beautifully shot film.";
  std::string lengthy;
  while (lengthy.size() < 2000) lengthy += brief + " ";
  distilbert::encoding tokens;
  const auto tokenize = [&] { classifier->model().text_tokenizer().encode(lengthy, {}, tokens); };
  print("short", rounds * 10, [&] { (void)(*classifier)(brief); });
  print("long", rounds, [&] { (void)(*classifier)(lengthy); });
  print("tokenize", rounds * 10, tokenize);
  print("load", 2, [&] { (void)distilbert::text_classifier::load(argv[1]); });
}
