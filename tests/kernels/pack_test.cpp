#include <algorithm>
#include <bit>
#include <vector>

#include "support/guarded.hpp"
#include "support/kernels.hpp"

using kernels::weight_format;

namespace {

// Outputs of a stream: where the first output's second weight goes.
isize lanes_of(const kernel_table& table) {
  const isize n = table.panel_width;
  std::vector<float> weights(static_cast<std::size_t>(2 * n)), panels(weights.size());
  weights[1] = 1;
  table.pack({.weight = weights.data(),
              .ld = 2,
              .format = weight_format::f32,
              .n = n,
              .k = 2,
              .panels = panels.data(),
              .first_output = 0});
  return std::find(panels.begin(), panels.end(), 1.0F) - panels.begin();
}

// Where its contract puts weight [j][i]; -9 in the padding. The rows of the weights are `ld` apart.
template <class Weight, class Value>
void check_pack(const kernel_table& table, weight_format format, isize first, isize n, isize k, isize ld,
                const std::vector<Weight>& weights, Value value) {
  const isize lanes = lanes_of(table), columns = kernels::round_up(first + n, table.panel_width);
  REQUIRE(table.panel_width % lanes == 0);
  guarded<float> panels(std::vector<float>(static_cast<std::size_t>(columns * k), -9.0F));
  guarded<Weight> source(std::vector<Weight>(weights.begin(), weights.begin() + (n - 1) * ld + k));
  table.pack({.weight = source.data(),
              .ld = ld,
              .format = format,
              .n = n,
              .k = k,
              .panels = panels.data(),
              .first_output = first});
  for (isize j = 0; j < columns; ++j)
    for (isize i = 0; i < k; ++i) {
      const float x = panels[static_cast<std::size_t>(j / lanes * lanes * k + i * lanes + j % lanes)];
      const bool padding = j < first || j >= first + n;
      REQUIRE(x == (padding ? -9.0F : value(weights[static_cast<std::size_t>((j - first) * ld + i)])));
    }
}

}  // namespace

TEST_CASE("pack puts each weight where its contract says, and leaves the padding alone") {
  for_each_variant([](const kernel_table& table) {
    const isize width = table.panel_width;
    for (const isize first : {isize{0}, isize{2}, width})
      for (const isize n : {isize{1}, width - 1, width, 2 * width + 3})
        for (const isize k : {1, 5, 16, 31, 255, 256, 600})
          for (const isize ld : {k, k + 7})
            check_pack(table, weight_format::f32, first, n, k, ld, random_floats(n * ld, 1), [](float x) { return x; });
  });
}

TEST_CASE("pack converts f16 and bf16 exactly") {
  for_each_variant([](const kernel_table& table) {
    const isize n = table.panel_width + 3;
    for (const isize k : {1, 15, 16, 47, 300}) {
      std::vector<unsigned short> f16, bf16;
      for (isize i = 0; i < n * k; ++i) {
        f16.push_back(static_cast<unsigned short>(0x3C00 + i % 1024));  // 1 + (i mod 1024) / 1024
        bf16.push_back(static_cast<unsigned short>(bits_of(static_cast<float>(i % 128)) >> 16));  // i mod 128
      }
      check_pack(table, weight_format::f16, 0, n, k, k, f16,
                 [](unsigned short x) { return 1 + static_cast<float>(x - 0x3C00) / 1024; });
      check_pack(table, weight_format::bf16, 0, n, k, k, bf16,
                 [](unsigned short x) { return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16); });
    }
  });
}
