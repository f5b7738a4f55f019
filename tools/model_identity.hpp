#pragma once
#include <filesystem>
#include <string>

#include "distilbert/pipeline/text_model.hpp"

namespace tool {

/// A word that is another for any model, or any way to compute, that could give other answers.
std::string model_identity(const distilbert::text_model& model, const std::filesystem::path& directory);

}  // namespace tool
