#include "distilbert/io/safetensors_writer.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/mapped_file.hpp"
#include "support/safetensors.hpp"
#include "support/temporary_directory.hpp"

using distilbert::dtype;
using distilbert::tensor_view;

namespace {

const std::string eight = "12345678";

std::string written(const std::filesystem::path& path, std::vector<tensor_view> tensors,
                    std::vector<std::pair<std::string_view, std::string_view>> metadata = {}) {
  REQUIRE(distilbert::write_safetensors(path, std::move(tensors), metadata).has_value());
  const auto file = distilbert::mapped_file::open(path, distilbert::file_access::copy).value();
  return std::string(file.text());
}

}  // namespace

TEST_CASE("what is written as safetensors is read back: names, types, shapes and bytes") {
  const temporary_directory directory;
  const std::string strange = "a \"name\" \\ with\nlines and \xC3\xA9";
  const std::string file = written(directory.path() / "f", {{strange, dtype::i8, {2, 2}, as_bytes(eight).first(4)},
                                                            {"scalar", dtype::f32, {}, as_bytes(eight).last(4)},
                                                            {"empty", dtype::f16, {0, 3}, {}}});
  const auto parsed = distilbert::safetensors::parse(as_bytes(file), "file").value();
  REQUIRE(parsed.tensors().size() == 3);
  const tensor_view* found = distilbert::by_name::find(parsed.tensors(), strange);
  REQUIRE(found != nullptr);
  CHECK(found->type == dtype::i8);
  CHECK(found->shape == std::vector<std::uint64_t>{2, 2});
  CHECK(std::string(reinterpret_cast<const char*>(found->bytes.data()), 4) == "1234");
  CHECK(distilbert::by_name::find(parsed.tensors(), "scalar")->shape.empty());
  CHECK(distilbert::by_name::find(parsed.tensors(), "empty")->bytes.empty());
}

TEST_CASE("a safetensors file does not depend on the order in which its tensors come") {
  const temporary_directory directory;
  const tensor_view a = {"a", dtype::f32, {1}, as_bytes(eight).first(4)};
  const tensor_view b = {"b", dtype::f32, {1}, as_bytes(eight).last(4)};
  const std::string one = written(directory.path() / "1", {a, b}, {{"format", "pt"}});
  CHECK(written(directory.path() / "2", {b, a}, {{"format", "pt"}}) == one);
  CHECK(one.substr(8).starts_with(R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],)"
                                  R"("data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})"));
  CHECK(one.ends_with(eight));
  CHECK((one.size() - 8) % 8 == 0);
}

TEST_CASE("a safetensors file that cannot be written is an error, and leaves nothing") {
  const temporary_directory directory;
  const auto done = distilbert::write_safetensors(directory.path() / "none" / "f", {}, {});
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == distilbert::errc::io_error);
  CHECK(std::filesystem::is_empty(directory.path()));
}
