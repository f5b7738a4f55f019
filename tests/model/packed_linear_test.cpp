#include "distilbert/model/packed_linear.hpp"

#include <string>
#include <vector>

#include "distilbert/core/thread_pool.hpp"
#include "support/formula_model.hpp"
#include "support/kernels.hpp"
#include "support/safetensors.hpp"

using distilbert::matrix;
using distilbert::packed_linear;

namespace {

// A checkpoint of the formula's small classifier, kept in memory.
struct small_checkpoint {
  std::string bytes =
      formula_safetensors({.vocabulary = 20, .positions = 8, .dim = 40, .hidden = 50, .layers = 1, .labels = 3});
  distilbert::named_bytes file = {"model.safetensors", as_bytes(bytes)};
  distilbert::checkpoint files = distilbert::checkpoint::from_memory({&file, 1}, "memory").value();
};

const std::string layer = "distilbert.transformer.layer.0.";

}  // namespace

TEST_CASE("several layers packed as one give what each gives alone, part by part") {
  const small_checkpoint small;
  for_each_variant([&](const kernel_table& table) {
    constexpr isize dim = 40, rows = 5;
    distilbert::weight_reader reader(small.files, table);
    distilbert::weight_arena arena;
    REQUIRE(arena.allocate(packed_linear::arena_floats(table, 3, dim, dim) +
                           3 * packed_linear::arena_floats(table, 1, dim, dim)));
    const std::string q = layer + "attention.q_lin", k = layer + "attention.k_lin", v = layer + "attention.v_lin";
    const packed_linear together = packed_linear::load(reader, {q, k, v}, dim, dim, arena);
    std::vector<float> x = random_floats(rows * dim, 1), all(static_cast<std::size_t>(rows * 3 * 64)), one(x.size());
    const matrix input = {x.data(), rows, dim}, output = {all.data(), rows, 3 * 64};
    together(input, output, {}, {});
    isize part = 0;
    for (const std::string& name : {q, k, v}) {
      packed_linear::load(reader, {name}, dim, dim, arena)(input, {one.data(), rows, dim}, {}, {});
      for (isize i = 0; i < rows; ++i)
        for (isize j = 0; j < dim; ++j)
          REQUIRE(bits_of(output.row(i)[part * together.part_columns() + j]) ==
                  bits_of(one[static_cast<std::size_t>(i * dim + j)]));
      ++part;
    }
    std::vector<float> last(all.size());
    together.parts(1, 2)(input, {last.data(), rows, 3 * 64}, {}, {});
    for (isize j = 0; j < dim; ++j)
      REQUIRE(bits_of(last[static_cast<std::size_t>(j)]) == bits_of(output.row(0)[together.part_columns() + j]));
    CHECK_FALSE(reader.failed());
  });
}

TEST_CASE("any number of threads gives the same bits, split by rows and by columns") {
  const small_checkpoint small;
  for_each_variant([&](const kernel_table& table) {
    constexpr isize dim = 40, hidden = 50;
    distilbert::weight_reader reader(small.files, table);
    distilbert::weight_arena arena;
    REQUIRE(arena.allocate(packed_linear::arena_floats(table, 1, hidden, dim)));
    const packed_linear lin1 = packed_linear::load(reader, {layer + "ffn.lin1"}, hidden, dim, arena);
    for (const isize rows : {1, 3, 40, 300}) {
      std::vector<float> x = random_floats(rows * dim, 2), expected(static_cast<std::size_t>(rows * hidden));
      lin1({x.data(), rows, dim}, {expected.data(), rows, hidden}, {}, {}, kernels::activation::gelu);
      for (const std::size_t threads : {2U, 3U, 5U}) {
        distilbert::thread_pool pool(threads);
        std::vector<float> y(expected.size());
        lin1({x.data(), rows, dim}, {y.data(), rows, hidden}, {}, pool, kernels::activation::gelu);
        for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(bits_of(y[i]) == bits_of(expected[i]));
      }
    }
  });
}
