#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "distilbert/pipeline/overflow.hpp"

namespace tool {

/// What classify does and says beyond labels, where it is asked to.
struct extra_options {
  std::optional<distilbert::overflow> overflow;  ///< none: head, and no word about what was cut but `truncated`
  std::size_t stride = 0;
  bool sentences = false;   ///< also gives the label of each sentence
  std::string neutral;      ///< abstention; empty: every text gets a label
  std::string calibration;  ///< file; empty: scores as the model gives them
  bool signals = false;

  bool any() const {
    return overflow || stride > 0 || sentences || signals || !neutral.empty() || !calibration.empty();
  }
};

}  // namespace tool
