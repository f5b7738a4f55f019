// The safetensors parser: what it accepts lies inside the file, in order, without a hole, and is found by its name.
#include "distilbert/io/safetensors.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  const auto parsed = distilbert::safetensors::parse(file, "model.safetensors");
  if (!parsed) return check_error(parsed.error()), 0;
  std::vector<std::pair<const std::byte*, const std::byte*>> ranges;
  std::string_view before;
  for (const auto& tensor : parsed->tensors()) {
    FUZZ_CHECK(before.data() == nullptr || before < tensor.name);
    before = tensor.name;
    FUZZ_CHECK(parsed->find(tensor.name) == &tensor);
    FUZZ_CHECK(tensor.elements() * bits_of(tensor.type) == 8 * tensor.bytes.size());
    if (!tensor.bytes.empty()) ranges.emplace_back(tensor.bytes.data(), tensor.bytes.data() + tensor.bytes.size());
  }
  std::sort(ranges.begin(), ranges.end());
  for (std::size_t i = 1; i < ranges.size(); ++i) FUZZ_CHECK(ranges[i - 1].second == ranges[i].first);
  if (!ranges.empty()) {
    FUZZ_CHECK(ranges.front().first >= file.data() + 8);
    FUZZ_CHECK(ranges.back().second == file.data() + size);
  }
  return 0;
}
