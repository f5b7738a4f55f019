#include <filesystem>
#include <string>
#include <system_error>

#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/pipeline/save_packed.hpp"
#include "distilbert/pipeline/text_model.hpp"
#include "format.hpp"
#include "model_directory.hpp"
#include "model_files.hpp"

namespace tool {
namespace {

using distilbert::result;
namespace fs = std::filesystem;

}  // namespace

result<void> pack_command::run() const {
  const auto from = model_directory(model);
  if (!from) return from.error();
  const fs::path to = directory.empty() ? *from : fs::path(directory);
  distilbert::thread_pool pool(model.threads);
  distilbert::load_options options = model.load(pool);
  options.use_packed = false;
  const auto loaded = distilbert::text_model::load(*from, options);
  if (!loaded) return loaded.error();
  if (auto done = copy_model_files(*from, to); !done) return done;
  const fs::path file = to / distilbert::text_model::packed_name;
  if (auto done = save_packed(**loaded, file); !done) return done;
  output out;
  std::error_code unknown;
  out.pending = printable(file.string()) + '\t' + std::to_string(fs::file_size(file, unknown)) + " bytes\t" +
                (*loaded)->kernels().name + '\t' + std::string((*loaded)->weights()) + '\n';
  return out.flush();
}

}  // namespace tool
