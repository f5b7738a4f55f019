#include <filesystem>
#include <fstream>
#include <string>

#include "commands.hpp"
#include "distilbert/io/manifest.hpp"
#include "format.hpp"
#include "model_directory.hpp"

namespace tool {

using distilbert::errc;
using distilbert::error;
using distilbert::manifest;
using distilbert::result;

result<void> verify_command::run() const {
  if (model.manifest.empty() && write.empty())
    return error{errc::invalid_argument, "verify: expected --manifest FILE or --write-manifest FILE, found neither"};
  const auto directory = model_directory(model);  // checks the manifest that is named
  if (!directory) return directory.error();
  output out;
  const auto found = manifest::of(*directory);
  if (!found) return found.error();
  if (write.empty()) {
    out.pending = "ok\t" + std::to_string(found->entries().size()) + " files\t" + printable(directory->string()) + "\n";
    return out.flush();
  }
  if (write == "-") {
    out.pending = found->text();
    return out.flush();
  }
  std::ofstream file(write, std::ios::binary);
  file << found->text() << std::flush;
  if (!file) return error{errc::io_error, write + ": cannot be written"};
  return {};
}

}  // namespace tool
