#include <filesystem>
#include <string>
#include <system_error>

#include "commands.hpp"
#include "distilbert/core/thread_pool.hpp"
#include "distilbert/io/checkpoint.hpp"
#include "distilbert/pipeline/save_weights.hpp"
#include "format.hpp"
#include "model_directory.hpp"
#include "model_files.hpp"
#include "weight_comparison.hpp"

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
using distilbert::result;
using distilbert::text_classifier;
namespace fs = std::filesystem;

std::string bytes_line(const std::string& what, std::uintmax_t bytes) {
  return printable(what) + "\t" + std::to_string(bytes) + " bytes\n";
}

}  // namespace

result<void> quantize_command::run() const {
  const auto from = model_directory(model.directory);
  if (!from) return from.error();
  const fs::path to = directory;
  std::error_code unknown;
  if (fs::equivalent(*from, to, unknown))
    return error{errc::invalid_argument,
                 "--output: expected another directory than the model's own, found " + directory};
  if (model.weights == distilbert::weight_type::f32)
    return error{errc::invalid_argument, "--weights: expected f16, bf16 or int8, found f32"};
  const auto files = distilbert::checkpoint::load(*from);
  if (!files) return files.error();
  if (auto done = copy_model_files(*from, to); !done) return done;
  const fs::path file = to / "model.safetensors";
  if (auto done = save_weights(*files, file, model.weights); !done) return done;
  output out;
  out.pending =
      bytes_line(from->string(), files->total_bytes()) + bytes_line(file.string(), fs::file_size(file, unknown));

  // Also where nobody asks for figures: what cannot be loaded was not worth writing.
  distilbert::thread_pool pool(model.threads);
  auto written = text_classifier::load(to, model.load(pool));
  if (!written) return std::move(written).error();
  if (eval) {
    distilbert::load_options stored = model.load(pool);
    stored.weights = distilbert::weight_type::stored;
    auto source = text_classifier::load(*from, stored);
    if (!source) return std::move(source).error();
    const auto compared = weight_comparison::run(*source, *written, *eval, 0, pool);
    if (!compared) return compared.error();
    out.pending += "\n" + compared->text();
  }
  return out.flush();
}

}  // namespace tool
