#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "commands.hpp"
#include "distilbert/core/result.hpp"

namespace tool {

/// The model to use: the one named; otherwise the sst2-mini that is installed with this program, or, in a build tree,
/// the one of the source tree. Errors: file_not_found, where there is no such directory.
distilbert::result<std::filesystem::path> model_directory(const std::string& named);

/// The same, refused where its files are not those of the manifest, if one is named.
/// Errors: also those of distilbert::manifest's load() and check().
distilbert::result<std::filesystem::path> model_directory(const model_options& model);

/// Refuses a --max-length beyond `most`, the tokens that the model takes. Errors: invalid_argument.
distilbert::result<void> check_max_length(std::size_t asked, std::size_t most);

}  // namespace tool
