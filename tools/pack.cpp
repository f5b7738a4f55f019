#include <array>
#include <filesystem>
#include <string>
#include <system_error>

#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/save_packed.hpp"
#include "distilbert/pipeline/text_model.hpp"
#include "format.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
using distilbert::result;
namespace fs = std::filesystem;

// What a model's directory holds beside its weights.
constexpr std::array other_files = {"config.json",           "tokenizer.json",          "vocab.txt",
                                    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"};

// Copies them to a directory, which is made where there is none.
result<void> copy_others(const fs::path& from, const fs::path& to) {
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

}  // namespace

result<void> pack_command::run() const {
  const auto from = model_directory(model.directory);
  if (!from) return from.error();
  const fs::path to = directory.empty() ? *from : fs::path(directory);
  distilbert::thread_pool pool(model.threads);
  distilbert::load_options options = model.load(pool);
  options.use_packed = false;
  const auto loaded = distilbert::text_model::load(*from, options);
  if (!loaded) return loaded.error();
  if (auto done = copy_others(*from, to); !done) return done;
  const fs::path file = to / distilbert::text_model::packed_name;
  if (auto done = save_packed(**loaded, file); !done) return done;
  output out;
  std::error_code unknown;
  out.pending = printable(file.string()) + '\t' + std::to_string(fs::file_size(file, unknown)) + " bytes\t" +
                (*loaded)->kernels().name + '\t' + std::string((*loaded)->weights()) + '\n';
  return out.flush();
}

}  // namespace tool
