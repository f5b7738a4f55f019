#pragma once
#include <filesystem>

#include "distilbert/core/result.hpp"

namespace tool {

/// Copies what a model's directory holds beside its weights to another, which is made where there is none.
/// Errors: io_error.
distilbert::result<void> copy_model_files(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tool
