#include "kept_columns.hpp"

#include <algorithm>

#include "byte_source.hpp"
#include "format.hpp"

namespace tool {

using distilbert::errc;
using distilbert::error;
using distilbert::result;

namespace {

// A cell of a TSV: only what would end it is replaced.
std::string tsv_field(std::string cell) {
  std::replace_if(
      cell.begin(), cell.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  return cell;
}

std::vector<input_options> each_file(const input_options& input) {
  std::vector<input_options> files = {input};
  for (const std::string& file : input.more_files) files.push_back({.file = file, .format = input.format});
  return files;
}

}  // namespace

output_format format_to_keep(const input_options& input) {
  switch (format_of(input)) {
    case input_format::csv: return output_format::csv;
    case input_format::tsv: return output_format::tsv;
    default: return output_format::jsonl;
  }
}

result<void> check_keeping(const input_options& input, output_format format) {
  if (format == output_format::text)
    return error{errc::invalid_argument, "--keep-columns: expected --output-format jsonl, csv or tsv, found text"};
  for (const input_options& file : each_file(input))
    if (format != output_format::jsonl && format_of(file) == input_format::jsonl)
      return error{errc::invalid_argument, "--keep-columns: expected --output-format jsonl, since " +
                                               shown_name(file.file) +
                                               " is jsonl, whose lines need not have the same fields, found a table"};
  return {};
}

result<void> check_names(const std::vector<std::string>& columns, output_format format) {
  for (const std::string& name : columns)
    if (format == output_format::jsonl && std::count(columns.begin(), columns.end(), name) > 1)
      return error{errc::invalid_input, "header: expected one column \"" + name + "\" to keep in jsonl, found several"};
  return {};
}

void add_cells(std::string& line, const std::vector<std::string>& cells, output_format format) {
  for (const std::string& cell : cells)
    line.append(format == output_format::csv ? csv_field(cell) : tsv_field(cell))
        .append(1, format == output_format::csv ? ',' : '\t');
}

void add_object(std::string& line, const record& kept, const std::vector<std::string>& columns) {
  if (!kept.object.empty()) {
    line.append(kept.object, 0, kept.object.rfind('}')).append(",");  // it has a text at least
    return;
  }
  line += '{';
  for (std::size_t i = 0; i < columns.size(); ++i)
    line.append(json_string(columns[i])).append(":").append(json_string(kept.cells[i])).append(",");
}

}  // namespace tool
