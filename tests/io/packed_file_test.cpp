#include "distilbert/io/packed_file.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/io/packed_writer.hpp"
#include "support/safetensors.hpp"
#include "support/temporary_directory.hpp"

using distilbert::dtype;
using distilbert::errc;
using distilbert::packed_file;
using distilbert::packed_origin;
using distilbert::packed_section;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string first_bytes(100, 'f'), second_bytes(64, 's');
const packed_origin origin = {.kernels = "avx2",
                              .panel_width = 16,
                              .layout = 7,
                              .panel_order = 8,
                              .source = 9,
                              .parameters = 10,
                              .weights = dtype::f32};

std::vector<packed_section> sections() {
  return {{"first.weight", dtype::f32, as_bytes(first_bytes)},
          {"empty", dtype::i8, {}},
          {"second.weight", dtype::bf16, as_bytes(second_bytes)}};
}

// The bytes of a file with these sections.
std::string written(const std::vector<packed_section>& all = sections()) {
  const temporary_directory directory;
  REQUIRE(distilbert::write_packed(directory.path() / "p", origin, all).has_value());
  return read(directory.path() / "p");
}

// The same after f(header) and f(table), with a hash that fits.
template <class Change>
std::string changed(Change change) {
  std::string file = written();
  distilbert::detail::packed_header header;
  std::vector<distilbert::detail::packed_entry> table(3);
  const std::size_t table_bytes = table.size() * sizeof table[0];
  std::memcpy(&header, file.data(), sizeof header);
  std::memcpy(table.data(), file.data() + sizeof header, table_bytes);
  change(header, table);
  header.hash = packed_file::head_hash(header, std::as_bytes(std::span(table)));
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, table.data(), table_bytes);
  return file;
}

// The errc and the message, as one line; "" where the file is accepted.
std::string refusal(const std::string& file) {
  const auto parsed = packed_file::parse(as_bytes(file), "p");
  return parsed ? "" : std::string(to_string(parsed.error().code)) + " " + parsed.error().message;
}

}  // namespace

TEST_CASE("sections come back as they were written, aligned, the first at a page") {
  const std::string file = written();
  const auto parsed = packed_file::parse(as_bytes(file), "p").value();
  REQUIRE(parsed.sections().size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(parsed.sections()[i].name == sections()[i].name);
    CHECK(parsed.sections()[i].type == sections()[i].type);
    CHECK((parsed.sections()[i].bytes.data() - as_bytes(file).data()) % 64 == 0);
  }
  CHECK(parsed.sections()[0].bytes.data() - as_bytes(file).data() == 4096);
  CHECK(std::memcmp(parsed.sections()[0].bytes.data(), first_bytes.data(), 100) == 0);
  CHECK(parsed.sections()[1].bytes.empty());
  CHECK(std::memcmp(parsed.sections()[2].bytes.data(), second_bytes.data(), 64) == 0);
  CHECK(parsed.origin().kernels == "avx2");
  CHECK(parsed.origin().panel_width == 16);
  CHECK(parsed.origin().layout == 7);
  CHECK(parsed.origin().panel_order == 8);
  CHECK(parsed.origin().source == 9);
  CHECK(parsed.origin().parameters == 10);
  CHECK(parsed.origin().weights == dtype::f32);
  CHECK(parsed.verify().has_value());
}

TEST_CASE("the same sections give the same bytes") { CHECK(written() == written()); }

TEST_CASE("a file is opened mapped or copied") {
  const temporary_directory directory;
  const auto path = directory.write("p", written());
  for (const auto access : {distilbert::file_access::map, distilbert::file_access::copy}) {
    const auto file = packed_file::open(path, access).value();
    CHECK(file.is_mapped() == (access == distilbert::file_access::map && DISTILBERT_HAS_MMAP));
    CHECK(reinterpret_cast<std::uintptr_t>(file.sections()[2].bytes.data()) % 64 == 0);
    CHECK(std::memcmp(file.sections()[2].bytes.data(), second_bytes.data(), 64) == 0);
  }
  CHECK(packed_file::open(directory.path() / "none").error().code == errc::file_not_found);
}

TEST_CASE("a file without sections and one with a long table are legal") {
  CHECK(refusal(written({})) == "");
  CHECK(written({}).size() == 4096);
  std::vector<packed_section> many;
  for (int i = 0; i < 100; ++i) many.push_back({"s" + std::to_string(i), dtype::f32, as_bytes(second_bytes)});
  const std::string file = written(many);
  CHECK(packed_file::parse(as_bytes(file), "p").value().verify().has_value());
}

TEST_CASE("a file cut at any byte, or with a byte more, is refused") {
  const std::string file = written();
  REQUIRE(refusal(file) == "");
  for (std::size_t n = 0; n < file.size(); ++n)
    REQUIRE(refusal(file.substr(0, n)).starts_with("invalid_packed_file p: "));
  CHECK(refusal(file + "x").starts_with("invalid_packed_file p: file size: expected 4288 bytes, found 4289"));
  CHECK(refusal("") == "invalid_packed_file p: header: expected 128 bytes, found 0");
}

TEST_CASE("any flipped bit of header and table is refused") {
  const std::string whole = written();
  for (std::size_t bit = 0; bit < 8 * (128 + 3 * 128); ++bit) {
    std::string file = whole;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ 1 << bit % 8);
    REQUIRE(refusal(file) != "");
  }
}

TEST_CASE("any flipped bit of a section is found by the check of the whole, which names the section") {
  const std::string whole = written();
  for (std::size_t bit = 8 * 4096; bit < 8 * 4196; ++bit) {
    std::string file = whole;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ 1 << bit % 8);
    const auto done = packed_file::parse(as_bytes(file), "p").value().verify();
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::invalid_packed_file);
    CHECK(done.error().message.starts_with("p: section first.weight: expected hash "));
  }
}

TEST_CASE("another file, another byte order and another version are told apart") {
  using header = distilbert::detail::packed_header;
  const auto with = [](auto change) { return refusal(changed([&](header& h, auto&) { change(h); })); };
  CHECK(with([](header& h) { h.magic[1] = 'd'; }) ==
        "invalid_packed_file p: magic: expected that of a packed file, found another");
  CHECK(with([](header& h) { h.byte_order = 0x04030201; }) ==
        "packed_mismatch p: byte order: expected little-endian, found big-endian");
  CHECK(with([](header& h) { h.byte_order = 5; }) == "invalid_packed_file p: byte order: expected 16909060, found 5");
  CHECK(with([](header& h) { h.version = 2; }) == "packed_mismatch p: version: expected 1, found 2");
}

TEST_CASE("a header whose hash fits but whose fields do not is refused by the field") {
  using header = distilbert::detail::packed_header;
  const auto with = [](auto change) { return refusal(changed([&](header& h, auto& table) { change(h, table); })); };
  CHECK(with([](header& h, auto&) { h.file_bytes = ~0ULL; }) ==
        "invalid_packed_file p: file size: expected 18446744073709551615 bytes, found 4288");
  CHECK(with([](header& h, auto&) { h.sections = ~0ULL; }) ==
        "invalid_packed_file p: sections: expected at most 32 in a file of this size, found 18446744073709551615");
  CHECK(with([](header& h, auto&) { std::memset(h.kernels, 'k', sizeof h.kernels); }) ==
        "invalid_packed_file p: kernels: expected a name, found none");
  CHECK(with([](header& h, auto&) { h.kernels[0] = 0; }) ==
        "invalid_packed_file p: kernels: expected a name, found none");
  CHECK(with([](header& h, auto&) { h.weights[0] = 'X'; }) ==
        "invalid_packed_file p: weights: expected a type of tensors, found \"X32\"");
  CHECK(with([](header&, auto& t) { std::memset(t[1].name, 'n', sizeof t[1].name); }) ==
        "invalid_packed_file p: section 1: expected a name, found none");
  CHECK(with([](header&, auto& t) { t[0].type[1] = '9'; }) ==
        "invalid_packed_file p: section 0 first.weight: expected a type of tensors, found \"F92\"");
  CHECK(with([](header&, auto& t) { t[0].begin = 4160; }) ==
        "invalid_packed_file p: section 0 first.weight: expected to begin at byte 4096, found 4160");
  CHECK(with([](header&, auto& t) { t[2].begin = 4096; }).find("expected to begin at byte 4224") != std::string::npos);
  CHECK(with([](header&, auto& t) { t[0].begin = 0; }).find("section 0") != std::string::npos);
  CHECK(with([](header&, auto& t) { t[2].bytes = ~0ULL; }) ==
        "invalid_packed_file p: section 2 second.weight: expected to end within the file's 4288 bytes, found "
        "18446744073709551615 from 4224 on");
  CHECK(with([](header&, auto& t) { t[0].bytes = ~0ULL - 4095; }).find("section 0") != std::string::npos);
  CHECK(with([](header&, auto& t) { t[2].bytes = 0; }) ==
        "invalid_packed_file p: file size: expected 4224 bytes by the sections, found 4288");
}

TEST_CASE("a name that its field cannot hold is refused before anything is written") {
  const temporary_directory directory;
  const auto path = directory.path() / "p";
  for (const std::string& name : {std::string(), std::string(88, 'n'), std::string("a\0b", 3)}) {
    const std::vector<packed_section> one = {{name, dtype::f32, {}}};
    const auto done = distilbert::write_packed(path, origin, one);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::invalid_argument);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a write that fails leaves what was there, and nothing beside it") {
  const temporary_directory directory;
  std::filesystem::create_directory(directory.path() / "p");
  const auto done = distilbert::write_packed(directory.path() / "p", origin, sections());
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == errc::io_error);
  CHECK(done.error().message.starts_with((directory.path() / "p").string() + ": cannot be written: "));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path())) ++files;
  CHECK(files == 1);
  const auto nowhere = distilbert::write_packed(directory.path() / "none" / "p", origin, sections());
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error().code == errc::io_error);
}

TEST_CASE("who has the old file open keeps it when a new one is written") {
  const temporary_directory directory;
  const auto path = directory.write("p", written());
  const auto old = packed_file::open(path).value();
  REQUIRE(distilbert::write_packed(path, origin, {}).has_value());
  CHECK(old.verify().has_value());
  CHECK(packed_file::open(path).value().sections().empty());
}
