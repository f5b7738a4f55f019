#include "distilbert/model/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/golden.hpp"
#include "support/kernels.hpp"

using distilbert::rows_read;

namespace {

const std::string directory = std::string(DISTILBERT_TEST_DATA) + "/models/tiny-features";

}  // namespace

TEST_CASE("the hidden states of a bare encoder agree with Transformers, for all tokens and for the first ones alone") {
  std::ifstream config_file(directory + "/config.json");
  const std::string text{std::istreambuf_iterator<char>(config_file), {}};
  const auto config = distilbert::model_config::parse(text, "config.json").value();
  const auto files = distilbert::checkpoint::load(directory).value();
  for_each_variant([&](const kernel_table& table) {
    distilbert::weight_reader reader(files, table);
    distilbert::weight_arena arena;
    REQUIRE(arena.allocate(distilbert::encoder::arena_floats(table, config)));
    const auto encoder = distilbert::encoder::load(reader, "", config, true, arena);
    REQUIRE(std::move(reader).finish().has_value());
    distilbert::workspace w;
    REQUIRE(w.reserve(table, {.tokens = 64,
                              .texts = 1,
                              .longest = 64,
                              .threads = 1,
                              .dim = config.dim,
                              .part = kernels::round_up(config.dim, table.panel_width),
                              .hidden = config.hidden_dim,
                              .heads = config.n_heads}));
    double worst = 0, pytorch = 0, scale = 0;
    for (const golden& g : read_goldens(directory + "/golden.jsonl.gz")) {
      const std::vector<std::size_t> starts = {0, g.ids.size()};
      const distilbert::matrix all = encoder({g.ids, starts}, rows_read::all, w);
      REQUIRE(static_cast<std::size_t>(all.rows) == g.ids.size());
      std::vector<float> first_row(all.row(0), all.row(0) + config.dim);
      for (std::size_t i = 0; i < g.f64.size(); ++i) {
        const float x = all.row(static_cast<isize>(i) / config.dim)[static_cast<isize>(i) % config.dim];
        worst = std::max(worst, std::abs(x - g.f64[i]));
        pytorch = std::max(pytorch, std::abs(g.f32[i] - g.f64[i]));
        scale = std::max(scale, std::abs(g.f64[i]));
      }
      const distilbert::matrix first = encoder({g.ids, starts}, rows_read::first, w);
      REQUIRE(first.rows == 1);
      for (std::size_t i = 0; i < first_row.size(); ++i) REQUIRE(bits_of(first.row(0)[i]) == bits_of(first_row[i]));
    }
    CHECK(worst <= std::max(2 * pytorch, 2e-6 * scale));
  });
}
