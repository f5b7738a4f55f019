#pragma once
#include <cstddef>
#include <string>

#include "distilbert/core/result.hpp"

namespace tool {

/// What the tool says of a text whose logits are no numbers (see distilbert::classification).
/// @param line where the text is in the input; 0 on the command line.
inline distilbert::error no_label(std::size_t line) {
  const std::string where = line == 0 ? "" : "line " + std::to_string(line) + ": ";
  return {distilbert::errc::not_finite,
          where + "the model's logits are no finite numbers: its weights are damaged or too large"};
}

}  // namespace tool
