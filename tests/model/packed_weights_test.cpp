#include "distilbert/model/packed_weights.hpp"

#include <functional>
#include <string>

#include "distilbert/io/packed_writer.hpp"
#include "support/formula_model.hpp"
#include "support/kernels.hpp"
#include "support/safetensors.hpp"
#include "support/temporary_directory.hpp"

using distilbert::errc;
using distilbert::packed_origin;

namespace {

const std::string bytes =
    formula_safetensors({.vocabulary = 20, .positions = 8, .dim = 40, .hidden = 50, .layers = 1, .labels = 3});

distilbert::checkpoint checkpoint_of(const std::string& file) {
  const distilbert::named_bytes named = {"model.safetensors", as_bytes(file)};
  return distilbert::checkpoint::from_memory({&named, 1}, "memory").value();
}

}  // namespace

TEST_CASE("the order of a panel's weights is told from any other") {
  for_each_variant([](const kernel_table& table) {
    kernel_table swapped = table;
    // Two weights of one output change places, far down the rows.
    swapped.pack = [](const kernels::pack_args& args) noexcept {
      kernels::best_kernels().pack(args);
      std::swap(args.panels[(kernels::k_block - 1) * kernels::best_kernels().panel_width], args.panels[0]);
    };
    swapped.panel_width = kernels::best_kernels().panel_width;
    CHECK(distilbert::panel_order(table) == distilbert::panel_order(table));
    CHECK(distilbert::panel_order(swapped) != distilbert::panel_order(table));
    CHECK(distilbert::panel_order(swapped) != distilbert::panel_order(kernels::best_kernels()));
  });
}

TEST_CASE("a checkpoint's digest follows from its tensors: names, shapes, types and weights") {
  const std::uint64_t digest = distilbert::source_digest(checkpoint_of(bytes));
  CHECK(distilbert::source_digest(checkpoint_of(std::string(bytes))) == digest);
  std::string other = bytes;
  other.back() = static_cast<char>(other.back() ^ 1);
  CHECK(distilbert::source_digest(checkpoint_of(other)) != digest);
  other = bytes;
  other.replace(other.find("pre_classifier.bias"), 19, "pre_classifier.bia5");
  CHECK(distilbert::source_digest(checkpoint_of(other)) != digest);
  other = bytes;
  other.replace(other.find("[40,40]"), 7, "[20,80]");
  CHECK(distilbert::source_digest(checkpoint_of(other)) != digest);
  other = bytes;
  other.replace(other.find("F32"), 3, "I32");
  CHECK(distilbert::source_digest(checkpoint_of(other)) != digest);
}

TEST_CASE("a packed file is refused by the first thing in which it differs, with what was expected and found") {
  const temporary_directory directory;
  const auto path = directory.path() / "p";
  const kernel_table& table = kernels::best_kernels();
  const auto files = checkpoint_of(bytes);
  const packed_origin whole = distilbert::packed_origin_of(table, files);
  CHECK(whole.parameters ==
        20 * 40 + 8 * 40 + 3 * 2 * 40 + 5 * (40 * 40 + 40) + (50 * 40 + 50) + (40 * 50 + 40) + 3 * 40 + 3);
  const auto refusal = [&](const std::function<void(packed_origin&)>& change, bool with_source = true) {
    packed_origin origin = whole;
    change(origin);
    REQUIRE(distilbert::write_packed(path, origin, {}).has_value());
    const auto fits =
        distilbert::check_packed(distilbert::packed_file::open(path).value(), table, with_source ? &files : nullptr);
    if (fits) return std::string();
    CHECK(fits.error().code == errc::packed_mismatch);
    return fits.error().message.substr(path.string().size());
  };
  CHECK(refusal([](packed_origin&) {}) == "");
  CHECK(refusal([](packed_origin& o) { o.layout = 99; }) == ": layout: expected version 1, found 99");
  CHECK(refusal([](packed_origin& o) { o.weights = distilbert::dtype::i8; }) == ": weights: expected F32, found I8");
  CHECK(refusal([](packed_origin& o) { o.kernels = "altivec"; }) ==
        ": kernels: expected " + std::string(table.name) + ", found altivec");
  CHECK(refusal([](packed_origin& o) { o.panel_width = 1; }) ==
        ": panel width: expected " + std::to_string(table.panel_width) + " of " + table.name + ", found 1");
  CHECK(refusal([](packed_origin& o) { o.panel_order = 1; }) ==
        ": panel order: expected " + std::to_string(whole.panel_order) + " of " + table.name + ", found 1");
  CHECK(refusal([](packed_origin& o) { o.source = 1; }) ==
        ": source: expected " + std::to_string(whole.source) + " of the weights beside it, found 1");
  CHECK(refusal([](packed_origin& o) { o.source = 1; }, false) == "");
}
