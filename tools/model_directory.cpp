#include "model_directory.hpp"

#include <system_error>

#include "distilbert/io/manifest.hpp"

#if defined(__APPLE__)
#include <mach-o/dyld.h>

#include <cstdint>
#elif defined(_WIN32)
#include <windows.h>
#endif

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;

// Where this program is; empty where the system does not tell.
std::filesystem::path program() {
  std::error_code unknown;
#if defined(__APPLE__)
  char path[4096];
  std::uint32_t size = sizeof path;
  return ::_NSGetExecutablePath(path, &size) == 0 ? std::filesystem::canonical(path, unknown) : "";
#elif defined(_WIN32)
  wchar_t path[4096];
  const DWORD size = ::GetModuleFileNameW(nullptr, path, 4096);
  return size < 4096 ? std::filesystem::path(path, path + size) : "";
#else
  return std::filesystem::read_symlink("/proc/self/exe", unknown);
#endif
}

}  // namespace

distilbert::result<std::filesystem::path> model_directory(const std::string& named) {
  std::error_code unknown;
  if (!named.empty()) {
    if (std::filesystem::is_directory(named, unknown)) return std::filesystem::path(named);
    return error{errc::file_not_found, named + ": expected a model's directory, found " +
                                           (std::filesystem::exists(named, unknown) ? "a file" : "nothing")};
  }
  const auto installed = program().parent_path().parent_path() / "share" / "distilbert" / "models" / "sst2-mini";
  const std::filesystem::path source = DISTILBERT_SOURCE_MODELS "/sst2-mini";
  for (const auto& directory : {installed, source})
    if (std::filesystem::exists(directory / "config.json", unknown)) return directory;
  return error{errc::file_not_found, "the default model, sst2-mini, is neither at " + installed.string() + " nor at " +
                                         source.string() + ": name a model by --model DIR"};
}

distilbert::result<std::filesystem::path> model_directory(const model_options& model) {
  auto directory = model_directory(model.directory);
  if (!directory || model.manifest.empty()) return directory;
  const auto expected = distilbert::manifest::load(model.manifest);
  if (!expected) return expected.error();
  if (auto same = expected->check(*directory); !same) return same.error();
  return directory;
}

distilbert::result<void> check_max_length(std::size_t asked, std::size_t most) {
  if (asked <= most) return {};
  return error{errc::invalid_argument, "--max-length: expected at most " + std::to_string(most) +
                                           ", the tokens that the model takes, found " + std::to_string(asked)};
}

}  // namespace tool
