// Where the time of a pass goes: each kind of kernel call timed in place, weights as cold as a pass finds them, set
// against the machine's limits measured in the same run. Prints the tables of docs/PERFORMANCE.md.
//
//   bench_parts [MODEL_DIRECTORY [ISA [LENGTH...]]]

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "distilbert/distilbert.hpp"
#include "measure/limits.hpp"
#include "measure/timing.hpp"
#include "measure/workload.hpp"

namespace kernels = distilbert::kernels;

namespace {

struct part {
  double seconds = 0, flop = 0, bytes = 0;
};

const kernels::kernel_table* real = nullptr;  // a table holds plain functions, which have nowhere else to look
std::map<std::string, part> parts;

template <class Run>
void count(const std::string& name, double flop, double bytes, const Run& run) {
  const double seconds = measure::seconds_of(run);
  part& p = parts[name];
  p.seconds += seconds;
  p.flop += flop;
  p.bytes += bytes;
}

// The real kernels, timed.
kernels::kernel_table timed(const kernels::kernel_table& table) {
  real = &table;
  kernels::kernel_table t = table;
  t.gemm = [](const kernels::gemm_args& g) noexcept {
    const auto weights = static_cast<double>(g.n * g.k);
    const std::string name = (g.m == 1 ? std::string("products of one row") : "products to " + std::to_string(g.n)) +
                             (g.m > 1 && g.act == kernels::activation::gelu ? ", GELU" : "");
    count(name, 2 * static_cast<double>(g.m) * weights, weights * sizeof(float), [&] { real->gemm(g); });
  };
  t.attention = [](const kernels::attention_args& g) noexcept {
    count("attention", 4 * static_cast<double>(g.queries * g.seq * g.head_dim), 0, [&] { real->attention(g); });
  };
  t.layer_norm = [](const kernels::layer_norm_args& g) noexcept {
    count("layer norm", 0, 0, [&] { real->layer_norm(g); });
  };
  t.embed = [](const kernels::embed_args& g) noexcept { count("embeddings", 0, 0, [&] { real->embed(g); }); };
  return t;
}

void print(std::size_t tokens, const measure::limits& limits, double total, const std::map<std::string, part>& best) {
  std::printf("| %zu tokens | %.2f ms | | | |\n", tokens, total * 1e3);
  for (const auto& [name, p] : best) {
    std::printf("| %s | %.3f | %.1f %% |", name.c_str(), p.seconds * 1e3, 100 * p.seconds / total);
    p.flop > 0 ? std::printf(" %.0f %% |", 100 * p.flop / p.seconds / limits.flops) : std::printf(" |");
    p.bytes > 0 ? std::printf(" %.0f %% |\n", 100 * p.bytes / p.seconds / limits.bytes_per_second)
                : std::printf(" |\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string directory = argc > 1 ? argv[1] : DISTILBERT_MODELS "/sst2-mini", isa = argc > 2 ? argv[2] : "";
  const kernels::kernel_table* table = isa.empty() ? &kernels::best_kernels() : kernels::find_kernels(isa);
  if (table == nullptr) return std::fprintf(stderr, "bench_parts: this machine has no %s\n", isa.c_str()), 2;
  const kernels::kernel_table wrapped = timed(*table);
  auto classifier = distilbert::text_classifier::load(directory, {.kernels = &wrapped});
  if (!classifier) return std::fprintf(stderr, "bench_parts: %s\n", classifier.error().message.c_str()), 1;
  const auto limits = measure::measure_limits(*table, {});
  if (!limits) return std::fprintf(stderr, "bench_parts: %s\n", limits.error().message.c_str()), 1;

  std::vector<std::size_t> lengths;
  for (int i = 3; i < argc; ++i) lengths.push_back(std::strtoul(argv[i], nullptr, 10));
  if (lengths.empty()) lengths = {8, 32, 128, 512};
  std::printf("%s, 1 thread: FMA peak %.0f GFLOP/s, reads %.1f GB/s\n\n", table->name, limits->flops / 1e9,
              limits->bytes_per_second / 1e9);
  std::printf("| part | ms | share | of FMA peak | of bandwidth |\n|---|---|---|---|---|\n");
  for (const std::size_t tokens : lengths) {
    const measure::id_texts text = measure::text_of_length(classifier->model(), tokens);
    std::map<std::string, part> best;
    double total = 1e9;
    for (int round = 0; round < 12; ++round) {
      parts.clear();
      const double seconds = measure::seconds_of([&] { (void)classifier->classify_ids(text.batch()); });
      if (seconds < total) total = seconds, best = std::exchange(parts, {});
    }
    print(tokens, *limits, total, best);
  }
}
