#include "distilbert/core/content_hash.hpp"

#include <cstdint>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "support/guarded.hpp"
#include "support/safetensors.hpp"

using distilbert::content_hash;

TEST_CASE("the hash of some bytes is what docs/FORMAT.md defines") {
  // By a script of its own, word for word from that definition.
  CHECK(content_hash(as_bytes("")) == 0x7473F8EA11B0F837U);
  CHECK(content_hash(as_bytes("distilbert")) == 0x9CDCC6EFF1E623DAU);
  CHECK(content_hash(as_bytes(std::string(200, 'x'))) == 0x9A8CB0FD656A9B4BU);
}

TEST_CASE("any flipped bit and any other length gives another hash") {
  const std::string text(150, 'a');
  std::set<std::uint64_t> seen;
  for (std::size_t n = 0; n <= text.size(); ++n) CHECK(seen.insert(content_hash(as_bytes(text).first(n))).second);
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string other = text;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
    CHECK(seen.insert(content_hash(as_bytes(other))).second);
  }
}

TEST_CASE("flipped signs of two numbers do not hide each other") {
  std::string one(256, '\0'), two = one;
  one[7] = '\x80';
  two[7] = '\x80';
  two[7 + 64] = '\x80';
  CHECK(content_hash(as_bytes(one)) != content_hash(as_bytes(two)));
  CHECK(content_hash(as_bytes(std::string(256, '\0'))) != content_hash(as_bytes(two)));
}

TEST_CASE("nothing is read behind the bytes, wherever they begin") {
  guarded<std::byte> bytes(200);
  for (std::size_t n = 0; n <= 200; ++n) CHECK(content_hash(bytes.span().last(n)) != 0);
}
