#pragma once
#include <memory>

#include "distilbert/core/result.hpp"
#include "line_source.hpp"
#include "record_reader.hpp"

namespace tool {

/// Readers of tables whose header line names the columns. Errors: io_error; invalid_input, for a header without the
/// columns asked for, or with one of them twice.
distilbert::result<std::unique_ptr<record_reader>> open_csv(line_source source, const input_options& options);
distilbert::result<std::unique_ptr<record_reader>> open_tsv(line_source source, const input_options& options);

}  // namespace tool
