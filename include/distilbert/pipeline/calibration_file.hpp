#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/json.hpp"
#include "distilbert/core/mapped_file.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/text_model.hpp"

namespace distilbert {

/// The temperature that was fitted for a model, and what it is for: a small JSON file, docs/FORMAT.md.
struct calibration {
  /// The usual name, beside the model.
  static constexpr const char* file_name = "calibration.json";

  double temperature = 1;           ///< logits are divided by it
  std::vector<std::string> labels;  ///< of the model, by id
  std::uint64_t source = 0;         ///< what tells the model's weights: packed_origin::source

  /// For a model, with this temperature.
  [[gnu::cold]] static calibration of(const text_model& model, double temperature) {
    return {temperature, model.config().labels, model.origin().source};
  }

  /// Reads a file, or the calibration.json of a directory, and checks that it is of this model.
  ///
  /// Errors: file_not_found, io_error, and those of parse() and check().
  [[gnu::cold]] static result<calibration> load(std::filesystem::path file, const text_model& model) {
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) file /= file_name;
    auto opened = mapped_file::open(file, file_access::copy);
    if (!opened) return std::move(opened).error();
    auto read = parse(opened->text(), file.string());
    if (!read) return read;
    if (auto fits = read->check(model, file.string()); !fits) return std::move(fits).error();
    return read;
  }

  /// Errors: invalid_json; missing_field; invalid_field, for a temperature outside [0.01, 100] or another format.
  [[gnu::cold]] static result<calibration> parse(std::string_view text, std::string_view where) {
    const auto root = json::parse(text, where);
    if (!root) return root.error();
    using kind = json::value::kind;
    const auto fault = [&](errc code, std::string_view field, std::string_view expected, const json::value* found) {
      return error{code, detail::concat({where, ": field \"", field, "\": expected ", expected, ", found ",
                                         found == nullptr ? "nothing" : found->describe()})};
    };
    const auto code_of = [](const json::value* v) { return v == nullptr ? errc::missing_field : errc::invalid_field; };
    const json::value* format = root->find("format");
    if (format == nullptr || format->string != "distilbert-calibration-1")
      return fault(code_of(format), "format", "\"distilbert-calibration-1\"", format);
    const json::value* temperature = root->find("temperature");
    if (temperature == nullptr || !temperature->is_number() || !(temperature->number >= 0.01) ||
        !(temperature->number <= 100))
      return fault(code_of(temperature), "temperature", "a number from 0.01 to 100", temperature);
    calibration out;
    out.temperature = temperature->number;
    const json::value* labels = root->find("labels");
    if (labels == nullptr || !labels->is(kind::array))
      return fault(code_of(labels), "labels", "a list of strings", labels);
    for (const json::value& label : labels->items) {
      if (!label.is(kind::string)) return fault(errc::invalid_field, "labels", "a list of strings", &label);
      out.labels.push_back(label.string);
    }
    const json::value* source = root->find("source");
    if (source == nullptr || !source->is(kind::string) || !read_hex(source->string, out.source))
      return fault(code_of(source), "source", "16 hexadecimal digits", source);
    return out;
  }

  /// Errors: invalid_field, where it was made for other labels or other weights.
  [[gnu::cold]] result<void> check(const text_model& model, std::string_view where) const {
    if (labels != model.config().labels)
      return error{errc::invalid_field, detail::concat({where, ": field \"labels\": expected those of the model, ",
                                                        names(model.config().labels), ", found ", names(labels)})};
    if (source != model.origin().source)
      return error{
          errc::invalid_field,
          detail::concat({where, ": field \"source\": expected that of the model's weights, ",
                          hex(model.origin().source), ", found ", hex(source), ": it was made for other weights"})};
    return {};
  }

  /// 16 hexadecimal digits.
  static std::string hex(std::uint64_t value) {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
    return digits;
  }

 private:
  static std::string names(const std::vector<std::string>& labels) {
    std::string all;
    for (const std::string& label : labels) all += (all.empty() ? "\"" : ", \"") + label + "\"";
    return all;
  }

  static bool read_hex(std::string_view text, std::uint64_t& out) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out, 16);
    return text.size() == 16 && fault == std::errc() && end == text.data() + text.size();
  }
};

}  // namespace distilbert
