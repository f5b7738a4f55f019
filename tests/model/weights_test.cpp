#include "distilbert/model/weights.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/kernels/dispatch.hpp"
#include "support/safetensors.hpp"

using distilbert::errc;
using distilbert::weight_reader;

namespace {

const std::string file_bytes = safetensors_file(
    R"({"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"position_ids":{"dtype":"I64","shape":[1],"data_offsets":[6,14]}})",
    std::string("\x00\x3C\x00\xC0\x01\x00", 6) + std::string(8, '\0'));
const distilbert::named_bytes file = {"model.safetensors", as_bytes(file_bytes)};

distilbert::checkpoint files() { return distilbert::checkpoint::from_memory({&file, 1}, "memory").value(); }

}  // namespace

TEST_CASE("weights become floats, wherever their bytes lie") {
  const auto loaded = files();
  weight_reader reader(loaded, distilbert::kernels::best_kernels());
  float values[3];
  reader.floats("h", {3}, values);
  CHECK(values[0] == 1.0F);
  CHECK(values[1] == -2.0F);
  CHECK(values[2] == 0x1p-24F);
  CHECK(std::move(reader).finish().has_value());
}

TEST_CASE("the first failure is the one that is told") {
  const auto loaded = files();
  weight_reader reader(loaded, distilbert::kernels::best_kernels());
  float values[4];
  reader.floats("h", {4}, values);
  reader.floats("absent", {3}, values);
  const auto done = std::move(reader).finish();
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == errc::shape_mismatch);
  CHECK(done.error().message == "memory: tensor h: expected shape [4] by the configuration, found [3]");
}

TEST_CASE("floating-point weights that nobody asked for are an error, integer buffers are not") {
  const auto loaded = files();
  const auto done = weight_reader(loaded, distilbert::kernels::best_kernels()).finish();
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == errc::unexpected_tensor);
  CHECK(done.error().message == "memory: tensor h: the configuration has no place for it");
}
