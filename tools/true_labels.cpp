#include "true_labels.hpp"

#include "line_source.hpp"

namespace tool {

std::optional<std::size_t> label_id(const distilbert::text_model& model, const std::string& label) {
  for (std::size_t i = 0; i < model.labels(); ++i)
    if (model.label(i) == label) return i;
  for (std::size_t i = 0; i < model.labels(); ++i)
    if (std::to_string(i) == label) return i;
  return std::nullopt;
}

distilbert::error unknown_label(const distilbert::text_model& model, const input_options& input, const record& found) {
  std::string names;
  for (std::size_t i = 0; i < model.labels(); ++i) names += std::string(1, '"').append(model.label(i)).append("\", ");
  return {distilbert::errc::invalid_input, shown_name(input.file) + ":" + std::to_string(found.line) + ": field \"" +
                                               input.label_column + "\": expected " + names + "or an id from 0 to " +
                                               std::to_string(model.labels() - 1) + ", found \"" + found.label + "\""};
}

}  // namespace tool
