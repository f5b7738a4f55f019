#include "distilbert/core/aligned_buffer.hpp"

#include <cstdint>
#include <limits>
#include <utility>

#include <doctest/doctest.h>

using distilbert::aligned_buffer;

TEST_CASE("a buffer starts at a multiple of 64 bytes, whatever its size") {
  for (const std::size_t count : {1U, 3U, 1000U, 1U << 20}) {
    aligned_buffer<float> buffer;
    REQUIRE(buffer.allocate(count));
    CHECK(buffer.size() == count);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0);
    buffer[count - 1] = 1;
  }
}

TEST_CASE("memory that cannot be had leaves a buffer empty") {
  aligned_buffer<float> buffer;
  CHECK_FALSE(buffer.allocate(std::numeric_limits<std::size_t>::max()));
  CHECK_FALSE(buffer.allocate(std::numeric_limits<std::size_t>::max() / 8));
  CHECK(buffer.size() == 0);
  CHECK(buffer.data() == nullptr);
}

TEST_CASE("a moved buffer keeps its memory") {
  aligned_buffer<int> first;
  REQUIRE(first.allocate(10));
  first[9] = 5;
  aligned_buffer<int> second = std::move(first);
  CHECK(second[9] == 5);
  aligned_buffer<int> third;
  third = std::move(second);
  CHECK(third[9] == 5);
}
