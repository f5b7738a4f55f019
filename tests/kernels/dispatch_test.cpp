#include <string>
#include <vector>

#include "support/kernels.hpp"

TEST_CASE("the baseline always runs and comes first, the best comes last") {
  std::vector<std::string> names;
  kernels::for_each_runnable([&](const kernel_table& table) { names.emplace_back(table.name); });
  REQUIRE_FALSE(names.empty());
  CHECK(names.front() == (DISTILBERT_AARCH64 ? "neon" : "baseline"));
  CHECK(names.back() == kernels::best_kernels().name);
}

TEST_CASE("kernels are found by their names only") {
  kernels::for_each_runnable([](const kernel_table& table) { CHECK(kernels::find_kernels(table.name) == &table); });
  CHECK(kernels::find_kernels("") == nullptr);
  CHECK(kernels::find_kernels("AVX2") == nullptr);
  CHECK(kernels::find_kernels("mmx") == nullptr);
}
