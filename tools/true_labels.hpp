#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/text_model.hpp"
#include "record_reader.hpp"

namespace tool {

/// The id of a label written as name or as id. A name that looks like an id is a name.
std::optional<std::size_t> label_id(const distilbert::text_model& model, const std::string& label);

/// What to say of a record whose label the model does not have.
distilbert::error unknown_label(const distilbert::text_model& model, const input_options& input, const record& found);

}  // namespace tool
