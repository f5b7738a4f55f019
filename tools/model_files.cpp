#include "model_files.hpp"

#include <array>
#include <string>
#include <system_error>

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
namespace fs = std::filesystem;

// What a model's directory holds beside its weights.
constexpr std::array other_files = {"config.json",           "tokenizer.json",          "vocab.txt",
                                    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"};

}  // namespace

distilbert::result<void> copy_model_files(const fs::path& from, const fs::path& to) {
  std::error_code fault;
  if (fs::exists(to, fault) && !fs::is_directory(to, fault))
    return error{errc::io_error, to.string() + ": expected a directory, found a file"};
  fs::create_directories(to, fault);
  if (fault) return error{errc::io_error, to.string() + ": cannot be made: " + fault.message()};
  if (fs::equivalent(from, to, fault)) return {};
  for (const char* name : other_files) {
    if (!fs::exists(from / name, fault)) continue;
    fs::copy_file(from / name, to / name, fs::copy_options::overwrite_existing, fault);
    if (fault) return error{errc::io_error, (to / name).string() + ": cannot be written: " + fault.message()};
  }
  return {};
}

}  // namespace tool
