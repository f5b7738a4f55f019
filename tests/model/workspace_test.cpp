#include "distilbert/model/workspace.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/kernels/dispatch.hpp"

using distilbert::isize;
using distilbert::workspace;
using distilbert::workspace_shape;

namespace {

constexpr workspace_shape shape = {
    .tokens = 9, .texts = 2, .longest = 5, .threads = 3, .dim = 24, .part = 32, .hidden = 50, .heads = 2};

}  // namespace

TEST_CASE("the parts of a workspace lie apart, inside what bytes() announces") {
  const auto& table = distilbert::kernels::best_kernels();
  workspace w;
  REQUIRE(w.reserve(table, shape));
  struct range {
    const float *begin, *end;
  };
  std::vector<range> ranges;
  for (const distilbert::matrix& m : {w.x, w.y, w.qkv, w.context, w.hidden, w.first, w.first_q})
    ranges.push_back({m.data, m.data + m.rows * m.ld});
  for (std::size_t t = 0; t < 3; ++t)
    ranges.push_back(
        {reinterpret_cast<float*>(w.scratch.of(t)), reinterpret_cast<float*>(w.scratch.of(t) + w.scratch.bytes)});
  std::sort(ranges.begin(), ranges.end(), [](const range& a, const range& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < ranges.size(); ++i) CHECK(ranges[i - 1].end <= ranges[i].begin);
  CHECK(static_cast<std::size_t>(ranges.back().end - ranges.front().begin) * sizeof(float) <=
        workspace::bytes(table, shape));
}

TEST_CASE("a workspace is laid out anew without moving while it is large enough") {
  const auto& table = distilbert::kernels::best_kernels();
  workspace w;
  REQUIRE(w.reserve(table, shape));
  const float* before = w.x.data;
  workspace_shape smaller = shape;
  smaller.tokens = 3;
  REQUIRE(w.reserve(table, smaller));
  CHECK(w.x.data == before);
  CHECK(w.x.rows == 3);
}

TEST_CASE("rows never lie a multiple of 4096 bytes apart") {
  for (isize columns = 1; columns < 5000; ++columns) {
    const isize stride = distilbert::row_stride(columns);
    REQUIRE(stride >= columns);
    REQUIRE(stride * 4 % 64 == 0);
    REQUIRE(stride * 4 % 4096 != 0);
  }
}
