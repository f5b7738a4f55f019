#include "distilbert/io/dtype.hpp"

#include <doctest/doctest.h>

using distilbert::dtype;

TEST_CASE("every type is found by its name, and none by another") {
  for (const auto& info : distilbert::detail::dtypes) CHECK(distilbert::dtype_of(info.name) == info.type);
  CHECK(distilbert::dtype_of("F32") == dtype::f32);
  CHECK_FALSE(distilbert::dtype_of("f32").has_value());
  CHECK_FALSE(distilbert::dtype_of("").has_value());
  CHECK_FALSE(distilbert::dtype_of("F128").has_value());
}

TEST_CASE("types know their size and whether they are integers") {
  CHECK(distilbert::bits_of(dtype::f4) == 4);
  CHECK(distilbert::bits_of(dtype::bf16) == 16);
  CHECK(distilbert::bits_of(dtype::c64) == 64);
  CHECK(distilbert::is_integer(dtype::i64));
  CHECK(distilbert::is_integer(dtype::boolean));
  CHECK_FALSE(distilbert::is_integer(dtype::f8_e4m3));
}
