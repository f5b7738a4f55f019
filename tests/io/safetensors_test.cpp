#include "distilbert/io/safetensors.hpp"

#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "support/safetensors.hpp"

using distilbert::dtype;
using distilbert::errc;
using distilbert::safetensors;

namespace {

constexpr const char* two_tensors =
    R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[2,10]},"a":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]}})";

// The errc and the message, as one line; "" where the file is accepted.
std::string refusal(const std::string& file) {
  const auto parsed = safetensors::parse(as_bytes(file), "m");
  if (parsed) return "";
  return std::string(to_string(parsed.error().code)) + " " + parsed.error().message;
}
std::string refusal(const std::string& header, const std::string& data) {
  return refusal(safetensors_file(header, data));
}

}  // namespace

TEST_CASE("tensors are found by name, with type, shape and bytes, in whatever order the header has them") {
  const std::string file = safetensors_file(two_tensors, "0123456789");
  const auto parsed = safetensors::parse(as_bytes(file), "m").value();
  REQUIRE(parsed.tensors().size() == 2);
  const auto* b = parsed.find("b");
  REQUIRE(b != nullptr);
  CHECK(b->type == dtype::f32);
  CHECK(b->shape == std::vector<std::uint64_t>{2});
  CHECK(std::memcmp(b->bytes.data(), "23456789", 8) == 0);
  CHECK(parsed.find("a")->bytes.size() == 2);
  CHECK(parsed.find("c") == nullptr);
  CHECK(parsed.find("") == nullptr);
}

TEST_CASE("metadata is kept, in the order of the file") {
  const std::string file = safetensors_file(R"({"__metadata__":{"format":"pt","by":"x"}})", "");
  const auto parsed = safetensors::parse(as_bytes(file), "m").value();
  REQUIRE(parsed.metadata().size() == 2);
  CHECK(parsed.metadata()[0].first == "format");
  CHECK(parsed.metadata()[1].second == "x");
  CHECK(parsed.tensors().empty());
}

TEST_CASE("scalars, empty tensors and white space around the header are legal") {
  CHECK(refusal(R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", "1234") == "");
  CHECK(refusal(R"({"e":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]}})", "") == "");
  CHECK(refusal(R"({"e":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}})", "") == "");
  CHECK(refusal("{}", "") == "");
  CHECK(refusal("  {}   ", "") == "");
  CHECK(refusal("\n\t{}\r\n", "") == "");
  CHECK(refusal(R"({"f":{"dtype":"F4","shape":[3,2],"data_offsets":[0,3]}})", "123") == "");
}

TEST_CASE("a file shorter than its length field is refused") {
  CHECK(refusal("") == "header_too_small m: expected at least 8 bytes of header length, found 0");
  CHECK(refusal("1234567").starts_with("header_too_small"));
}

TEST_CASE("a header beyond 100,000,000 bytes is refused before it is read") {
  CHECK(refusal(safetensors_file("{}", "", 100'000'001)) ==
        "header_too_large m: expected a header of at most 100000000 bytes, found 100000001");
  CHECK(refusal(safetensors_file("{}", "", ~0ULL)).starts_with("header_too_large"));
}

TEST_CASE("a header that ends beyond the file is refused") {
  CHECK(refusal(safetensors_file("{}", "", 3)) ==
        "invalid_header_length m: the header's 3 bytes end beyond the 2 that follow");
  CHECK(refusal(safetensors_file("", "", 100'000'000)).starts_with("invalid_header_length"));
}

TEST_CASE("a header that is no object of tensors is refused, with the field named") {
  for (const char* header : {"", "null", "[]", "{", "{}x", "\xff", "\xEF\xBB\xBF{}", "{\"a\":1}", "{\"\xff\":1}"})
    CHECK_MESSAGE(refusal(header, "").starts_with("invalid_header m: "), header);
  CHECK(refusal(R"({"a":{"dtype":"F99","shape":[],"data_offsets":[0,4]}})", "1234") ==
        "invalid_header m: tensor a: dtype: \"F99\" is none of the format's types");
  CHECK(refusal(R"({"a":{"shape":[],"data_offsets":[0,4]}})", "1234") ==
        "invalid_header m: tensor a: dtype: expected a string");
  CHECK(refusal(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "1234") ==
        "invalid_header m: tensor a: shape: expected a list of unsigned integers");
  CHECK(refusal(R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", "1234").starts_with("invalid_header"));
  CHECK(refusal(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", "1234").starts_with("invalid_header"));
  CHECK(refusal(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", "1234") ==
        "invalid_header m: tensor a: data_offsets: expected a list of two unsigned integers");
  CHECK(refusal(R"({"__metadata__":{"n":1}})", "") ==
        "invalid_header m: __metadata__: n: expected a string, found an integer");
  CHECK(refusal(R"({"__metadata__":[]})", "").starts_with("invalid_header"));
  CHECK(refusal(R"({"__metadata__":null})", "") == "");  // to the reference the same as none
  CHECK(refusal(std::string("{}\0", 3), "").starts_with("invalid_header"));
}

TEST_CASE("a name given twice is refused") {
  CHECK(
      refusal(
          R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}})",
          "1") == "invalid_header m: header: the key \"a\" is given twice");
}

TEST_CASE("tensors that overlap, leave a hole or run backwards are refused by name") {
  const auto pair = [](int begin, int end) {
    return R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[4],"data_offsets":[)" +
           std::to_string(begin) + "," + std::to_string(end) + "]}}";
  };
  CHECK(refusal(pair(4, 8), "12345678") == "");
  CHECK(refusal(pair(3, 7), "1234567") == "invalid_offset m: tensor b: expected its bytes to begin at 4, found 3 to 7");
  CHECK(refusal(pair(0, 4), "1234").starts_with("invalid_offset"));
  CHECK(refusal(pair(5, 9), "123456789").starts_with("invalid_offset"));
  CHECK(refusal(R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[1,5]}})", "12345").starts_with("invalid_offset"));
  CHECK(
      refusal(
          R"({"a":{"dtype":"I8","shape":[0],"data_offsets":[0,18446744073709551615]},"b":{"dtype":"I8","shape":[0],"data_offsets":[18446744073709551615,0]}})",
          "") != "");
  CHECK(
      refusal(
          R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"I8","shape":[1],"data_offsets":[1,0]}})",
          "1")
          .starts_with("invalid_offset"));
}

TEST_CASE("ten tensors on one range are refused") {
  std::string header = "{";
  for (int i = 0; i < 10; ++i)
    header +=
        (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + R"(":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]})";
  CHECK(refusal(header + "}", std::string(16, '\0')).starts_with("invalid_offset"));
}

TEST_CASE("a shape that disagrees with its bytes is refused") {
  CHECK(refusal(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "1234") ==
        "invalid_tensor_size m: tensor a: expected 8 bytes by its shape and type, found 4");
  CHECK(refusal(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}})", "1") ==
        "invalid_tensor_size m: tensor a: 12 bits are no whole number of bytes");
}

TEST_CASE("a shape whose size overflows is refused") {
  for (const char* shape : {"[4294967296,4294967296]", "[18446744073709551615]", "[2305843009213693952,2]",
                            "[9223372036854775808,9223372036854775808,0]"})
    CHECK_MESSAGE(refusal(std::string(R"({"a":{"dtype":"F32","shape":)") + shape + R"(,"data_offsets":[0,0]}})", "")
                      .starts_with("invalid_tensor_size"),
                  shape);
  CHECK(refusal(R"({"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,0]}})", "") != "");
}

TEST_CASE("bytes after the last tensor, and tensors after the last byte, are refused") {
  CHECK(refusal(R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}})", "123") ==
        "incomplete_buffer m: expected 2 bytes of tensors by the header, found 3");
  CHECK(refusal(R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}})", "1").starts_with("incomplete_buffer"));
  CHECK(refusal("{}", "1").starts_with("incomplete_buffer"));
}

TEST_CASE("a file cut at any byte is refused") {
  const std::string file = safetensors_file(two_tensors, "0123456789");
  REQUIRE(refusal(file) == "");
  for (std::size_t n = 0; n < file.size(); ++n) CHECK_MESSAGE(refusal(file.substr(0, n)) != "", n);
}

TEST_CASE("any flipped bit gives a refusal or tensors inside the file") {
  const std::string whole = safetensors_file(two_tensors, "0123456789");
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string file = whole;
    file[bit / 8] = static_cast<char>(static_cast<unsigned char>(file[bit / 8]) ^ (1U << bit % 8));
    const auto parsed = safetensors::parse(as_bytes(file), "m");
    if (!parsed) continue;
    for (const auto& tensor : parsed->tensors()) {
      REQUIRE(tensor.bytes.data() >= as_bytes(file).data());
      REQUIRE(tensor.bytes.data() + tensor.bytes.size() <= as_bytes(file).data() + file.size());
    }
  }
}
