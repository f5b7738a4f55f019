#include "model_identity.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <string_view>

#include "distilbert/core/content_hash.hpp"

namespace tool {

// The weights by their packed file's own mark of origin, and all the small files beside them.
std::string model_identity(const distilbert::text_model& model, const std::filesystem::path& directory) {
  const auto hash_of = [](std::string_view bytes) { return distilbert::content_hash(std::as_bytes(std::span(bytes))); };
  std::set<std::filesystem::path> files;
  std::error_code unknown;
  for (const auto& entry : std::filesystem::directory_iterator(directory, unknown))
    if (const auto kind = entry.path().extension(); kind == ".json" || kind == ".txt") files.insert(entry.path());
  std::uint64_t hash = model.origin().source;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    hash = (hash ^ hash_of(text) ^ hash_of(file.filename().string())) * 0x9E3779B97F4A7C15U;
  }
  // All kernels give the same bits but those without a fused multiply-add.
  const std::string_view kernels = model.kernels().name;
  char word[64];
  std::snprintf(word, sizeof word, "model=%016llx", static_cast<unsigned long long>(hash));
  return word + std::string("-").append(to_string(model.origin().weights)) + (kernels == "baseline" ? "-baseline" : "");
}

}  // namespace tool
