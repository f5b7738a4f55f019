#include "distilbert/io/checkpoint.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/safetensors.hpp"
#include "support/temporary_directory.hpp"

using distilbert::checkpoint;
using distilbert::errc;

namespace {

std::string one_tensor(const std::string& name, const std::string& byte) {
  return safetensors_file("{\"" + name + R"(":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}})", byte);
}

std::string index_of(const std::string& weight_map) { return "{\"weight_map\":" + weight_map + "}"; }

// The errc and message of a sharded model with these files, without the directory's name.
std::string refusal(const std::string& index) {
  const temporary_directory directory;
  directory.write("model.safetensors.index.json", index);
  directory.write("one.safetensors", one_tensor("a", "1"));
  directory.write("two.safetensors", one_tensor("b", "2"));
  const auto loaded = checkpoint::load(directory.path());
  if (loaded) return "";
  std::string message = loaded.error().message;
  const std::string prefix = directory.path().string() + "/model.safetensors.index.json: ";
  if (message.starts_with(prefix)) message.erase(0, prefix.size());
  return std::string(to_string(loaded.error().code)) + " " + message;
}

}  // namespace

TEST_CASE("one model.safetensors is a checkpoint, mapped or copied") {
  const temporary_directory directory;
  directory.write("model.safetensors", one_tensor("a", "1"));
  for (const auto access : {distilbert::file_access::map, distilbert::file_access::copy}) {
    const auto loaded = checkpoint::load(directory.path(), access).value();
    REQUIRE(loaded.find("a") != nullptr);
    CHECK(loaded.find("a")->bytes[0] == std::byte{'1'});
    CHECK(loaded.find("b") == nullptr);
    CHECK(loaded.total_bytes() == one_tensor("a", "1").size());
  }
}

TEST_CASE("shards are one checkpoint") {
  const temporary_directory directory;
  directory.write("model.safetensors.index.json",
                  R"({"metadata":{"total_size":2},"weight_map":{"b":"two.safetensors","a":"one.safetensors"}})");
  directory.write("one.safetensors", one_tensor("a", "1"));
  directory.write("two.safetensors", one_tensor("b", "2"));
  const auto loaded = checkpoint::load(directory.path()).value();
  CHECK(loaded.tensors().size() == 2);
  CHECK(loaded.find("a")->bytes[0] == std::byte{'1'});
  CHECK(loaded.find("b")->bytes[0] == std::byte{'2'});
}

TEST_CASE("shards from memory are one checkpoint, without a copy") {
  const std::string index = index_of(R"({"a":"one","b":"two"})"), one = one_tensor("a", "1"),
                    two = one_tensor("b", "2");
  const std::vector<distilbert::named_bytes> files = {
      {"model.safetensors.index.json", as_bytes(index)}, {"one", as_bytes(one)}, {"two", as_bytes(two)}};
  const auto loaded = checkpoint::from_memory(files, "memory").value();
  CHECK(loaded.find("b")->bytes.data() == as_bytes(two).data() + two.size() - 1);
  const auto missing = checkpoint::from_memory(std::span(files).first(2), "memory");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message == "memory/two: no such file");
  CHECK_FALSE(checkpoint::from_memory({}, "memory").has_value());
}

TEST_CASE("a directory without weights says what it expected, and names pickled weights") {
  const temporary_directory directory;
  const auto none = checkpoint::load(directory.path());
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == errc::file_not_found);
  CHECK(none.error().message ==
        directory.path().string() + ": expected model.safetensors or model.safetensors.index.json, found neither");
  directory.write("pytorch_model.bin", "");
  CHECK(checkpoint::load(directory.path()).error().message.find("only pytorch_model.bin") != std::string::npos);
}

TEST_CASE("a fault in a file is reported under the file's name") {
  const temporary_directory directory;
  directory.write("model.safetensors", "short");
  const auto loaded = checkpoint::load(directory.path());
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().code == errc::header_too_small);
  CHECK(loaded.error().message.starts_with(directory.path().string() + "/model.safetensors: "));
}

TEST_CASE("an index that is no map of tensors to files is refused") {
  CHECK(refusal("{") != "");
  CHECK(refusal("{}") == "missing_field weight_map: expected an object, found nothing");
  CHECK(refusal(index_of("[]")) == "invalid_field weight_map: expected an object, found an array");
  CHECK(refusal(index_of(R"({"a":1})")) == "invalid_field weight_map: a: expected a file name, found an integer");
}

TEST_CASE("an index cannot point out of its directory") {
  for (const char* name :
       {"../one.safetensors", "/etc/passwd", "sub/one.safetensors", "..", ".", "", "C:one", "a\\\\b"})
    CHECK_MESSAGE(refusal(index_of("{\"a\":\"" + std::string(name) + "\"}"))
                      .starts_with("invalid_field weight_map: a: expected the name of a file in the same directory"),
                  name);
}

TEST_CASE("an index and its shards must agree") {
  CHECK(refusal(index_of(R"({"a":"one.safetensors","b":"two.safetensors"})")) == "");
  CHECK(refusal(index_of(R"({"a":"one.safetensors","c":"two.safetensors"})")) ==
        "unexpected_tensor weight_map: b is not said to be in two.safetensors");
  CHECK(refusal(index_of(R"({"a":"one.safetensors","b":"one.safetensors"})")) ==
        "missing_tensor weight_map: b is not in one.safetensors");
  CHECK(refusal(index_of(R"({"a":"three.safetensors"})")).starts_with("file_not_found"));
}
