// Prints a hash of the logits of some texts for each instruction set with a fused multiply-add, with weights of the
// type that -DWEIGHTS names: same_bits MODEL FILE [COUNT [BYTES]]. FILE has a text before the first tab of each line
// but the first; BYTES leaves out longer ones.
#include <distilbert/core/thread_pool.hpp>
#include <distilbert/distilbert.hpp>
#ifdef EMULATE_AVX512
#include "../support/emulated_avx512.hpp"
#endif

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#ifndef WEIGHTS
#define WEIGHTS f32
#endif

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::ifstream file(argv[2]);
  std::vector<std::string> lines;
  const std::size_t count = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 872;
  const std::size_t longest = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : std::size_t{10000};
  std::string line;
  std::getline(file, line);
  while (lines.size() < count && std::getline(file, line))
    if (line.find('\t') <= longest) lines.push_back(line.substr(0, line.find('\t')));
  const std::vector<std::string_view> texts(lines.begin(), lines.end());
  distilbert::thread_pool pool(2);
  const auto print_hash = [&](const distilbert::kernels::kernel_table& table) {
    auto classifier =
        distilbert::text_classifier::load(argv[1], {.kernels = &table, .weights = distilbert::weight_type::WEIGHTS});
    if (!classifier) {
      std::printf("%s\n", classifier.error().message.c_str());
      std::exit(1);
    }
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const distilbert::classification& answer : (*classifier)(texts, {.executor = pool})) {
      for (const float x : answer.logits) hash = (hash ^ std::bit_cast<std::uint32_t>(x)) * 0x100000001B3U;
      for (const float x : answer.scores) hash = (hash ^ std::bit_cast<std::uint32_t>(x)) * 0x100000001B3U;
    }
    std::printf("%016llx %zu texts, %s\n", static_cast<unsigned long long>(hash), texts.size(), table.name);
  };
  distilbert::kernels::for_each_runnable([&](const distilbert::kernels::kernel_table& table) {
#if DISTILBERT_X86_64 && !defined(__FMA__)
    if (table.name == std::string_view("baseline")) return;
#endif
    print_hash(table);
  });
#ifdef EMULATE_AVX512
  print_hash(emulated::avx512::table);
#endif
}
