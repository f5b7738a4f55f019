#pragma once
// An include of its own: who only loads models does not pay for it.
#include <filesystem>

#include "distilbert/core/result.hpp"
#include "distilbert/io/packed_writer.hpp"
#include "distilbert/pipeline/text_model.hpp"

namespace distilbert {

/// Writes a model's weights as they lie in memory, for the kernels that the model runs on. Under the name
/// text_model::packed_name in a model's directory, text_model::load() uses them in place. The file appears whole or not
/// at all; the same model gives the same bytes.
///
/// Errors: io_error.
[[gnu::cold]] inline result<void> save_packed(const text_model& model, const std::filesystem::path& file) {
  return write_packed(file, model.origin(), model.sections());
}

}  // namespace distilbert
