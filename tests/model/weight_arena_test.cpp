#include "distilbert/model/weight_arena.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/io/packed_writer.hpp"
#include "support/temporary_directory.hpp"

using distilbert::dtype;
using distilbert::errc;
using distilbert::isize;
using distilbert::packed_file;
using distilbert::weight_arena;

namespace {

const auto nothing = [](float*) {};
const auto ones = [](isize n) { return [n](float* out) { std::fill_n(out, n, 1.0F); }; };

// The arena of a file with the sections "a" (five ones), "words" (two numbers of bf16) and "b" (20 ones).
class packed_arena {
 public:
  packed_arena() {
    weight_arena own;
    REQUIRE(own.allocate(weight_arena::padded(5) + weight_arena::padded(20)));
    own.section("a", 5, ones(5));
    static const std::string words = "1234";
    own.add("words", dtype::bf16, std::as_bytes(std::span(words.data(), words.size())));
    own.section("b", 20, ones(20));
    const auto path = directory_.path() / "p";
    REQUIRE(distilbert::write_packed(path, {.kernels = "any"}, own.sections()).has_value());
    arena.use(packed_file::open(path).value());
  }

  // What became of asking for these sections, without the file's name.
  std::string failure() const {
    const auto done = arena.finish();
    if (done) return "";
    return std::string(to_string(done.error().code)) + done.error().message.substr(directory_.path().string().size());
  }

 private:
  temporary_directory directory_;

 public:
  weight_arena arena;
};

}  // namespace

TEST_CASE("an arena hands out aligned memory that overlaps nothing, once filled") {
  weight_arena arena;
  REQUIRE(arena.allocate(weight_arena::padded(5) + weight_arena::padded(20)));
  const float* first = arena.section("a", 5, ones(5));
  const float* second = arena.section("b", 20, ones(20));
  CHECK(second - first == 16);
  CHECK(reinterpret_cast<std::uintptr_t>(first) % 64 == 0);
  for (int i = 0; i < 20; ++i) CHECK(second[i] == 1);
  REQUIRE(arena.sections().size() == 2);
  CHECK(arena.sections()[1].name == "b");
  CHECK(arena.sections()[1].bytes.size() == 80);
  CHECK(arena.finish().has_value());
}

TEST_CASE("sections of a file are used in place, and nothing fills them") {
  packed_arena packed;
  const float* a = packed.arena.section("a", 5, nothing);
  CHECK(static_cast<const void*>(a) == packed.arena.file()->sections()[0].bytes.data());
  CHECK(a[4] == 1);
  CHECK(packed.arena.next("words", std::nullopt, 2).size() == 4);
  CHECK(packed.arena.sections().back().type == dtype::bf16);
  CHECK(packed.arena.section("b", 20, nothing)[19] == 1);
  CHECK(packed.failure() == "");
  CHECK(packed.arena.bytes() == 0);
}

TEST_CASE("a section of another name, type or size, and one that is not there, are named") {
  const auto failure = [](auto ask) {
    packed_arena packed;
    ask(packed.arena);
    packed.arena.section("later", 1, nothing);
    return packed.failure();
  };
  CHECK(failure([](weight_arena& a) { a.section("c", 5, nothing); }) ==
        "missing_tensor/p: section 0: expected c by the configuration, found a");
  CHECK(failure([](weight_arena& a) { a.section("a", 6, nothing); }) ==
        "shape_mismatch/p: section 0: a: expected 24 bytes by the configuration, found 20");
  CHECK(failure([](weight_arena& a) {
          a.section("a", 5, nothing);
          a.section("words", 1, nothing);
        }) == "unsupported_dtype/p: section 1: words: expected F32, found BF16");
  CHECK(failure([](weight_arena& a) {
          a.section("a", 5, nothing);
          a.next("words", std::nullopt, 2);
          a.section("b", 20, nothing);
        }) == "missing_tensor/p: section 3: the configuration asks for later, the file has none");
}

TEST_CASE("sections that nobody asks for are an error") {
  packed_arena packed;
  packed.arena.section("a", 5, nothing);
  CHECK(packed.failure() == "unexpected_tensor/p: section 1: words: the configuration has no place for it");
}
