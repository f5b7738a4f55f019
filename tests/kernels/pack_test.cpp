#include <vector>

#include "support/guarded.hpp"
#include "support/kernels.hpp"

TEST_CASE("pack puts each weight where its contract says, and leaves the padding alone") {
  for_each_variant([](const kernel_table& table) {
    const isize width = table.panel_width;
    for (const isize n : {isize{1}, width - 1, width, 2 * width + 3})
      for (const isize k : {1, 5, 255, 256, 600}) {
        const isize first = 2, columns = kernels::round_up(first + n, width);
        const std::vector<float> w = random_floats(n * k, 1);
        guarded<float> panels(std::vector<float>(static_cast<std::size_t>(columns * k), -9.0F));
        guarded<float> source(w);
        table.pack({source.data(), kernels::weight_format::f32, n, k, panels.data(), first});
        for (isize j = 0; j < columns; ++j)
          for (isize i = 0; i < k; ++i) {
            const float x = panels[static_cast<std::size_t>(j / width * width * k + i * width + j % width)];
            const bool padding = j < first || j >= first + n;
            REQUIRE(x == (padding ? -9.0F : w[static_cast<std::size_t>((j - first) * k + i)]));
          }
      }
  });
}
