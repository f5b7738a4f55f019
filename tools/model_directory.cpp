#include "model_directory.hpp"

#include <system_error>

namespace tool {
namespace {

// Where this program is; empty where the system does not tell.
std::filesystem::path program() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown);
}

}  // namespace

std::filesystem::path model_directory(const std::string& named) {
  if (!named.empty()) return named;
  std::error_code absent;
  const auto installed = program().parent_path().parent_path() / "share/distilbert/models/sst2-mini";
  if (std::filesystem::exists(installed / "config.json", absent)) return installed;
  return DISTILBERT_SOURCE_MODELS "/sst2-mini";
}

}  // namespace tool
