#pragma once
#include <string>
#include <vector>

#include "distilbert/core/result.hpp"
#include "output.hpp"
#include "record_reader.hpp"

namespace tool {

/// The format in which an input's columns are kept as they are.
output_format format_to_keep(const input_options& input);

/// Whether an input's columns can be kept in answers of a format. Errors: invalid_argument.
distilbert::result<void> check_keeping(const input_options& input, output_format format);

/// Whether kept columns can be the fields of JSON objects, where the format asks for it. Errors: invalid_input.
distilbert::result<void> check_names(const std::vector<std::string>& columns, output_format format);

/// Adds the names of columns to a header line, or a record's cells to a row, each with a separator after it.
void add_cells(std::string& line, const std::vector<std::string>& cells, output_format format);

/// Adds the beginning of a JSON object, all that the input has: `{...,`.
void add_object(std::string& line, const record& kept, const std::vector<std::string>& columns);

}  // namespace tool
