#include "record_reader.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "distilbert/core/json.hpp"
#include "line_reader.hpp"
#include "table_reader.hpp"

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
using distilbert::result;
namespace json = distilbert::json;

class text_reader : public line_reader {
 public:
  using line_reader::line_reader;
  result<bool> next(record& out) override {
    auto more = source_.next(out.text);
    if (!more || !*more) return more;
    drop_line_end(out.text);
    out.line = source_.number();
    if (options_.keep_columns) out.cells = {out.text};
    return true;
  }
  const std::vector<std::string>& columns() const noexcept override { return columns_; }

 private:
  const std::vector<std::string> columns_ = {"text"};
};

class jsonl_reader : public line_reader {
 public:
  using line_reader::line_reader;

  result<bool> next(record& out) override {
    do {
      auto more = source_.next(line_);
      if (!more || !*more) return more;
    } while (line_.find_first_not_of(" \t\r\n") == std::string::npos);
    out.line = source_.number();
    drop_line_end(line_);
    auto object = json::parse(line_, source_.place(out.line));
    if (!object) return error{errc::invalid_input, std::move(object).error().message};
    if (!object->is(json::value::kind::object))
      return source_.fault(out.line, "expected an object, found " + std::string(object->describe()));
    if (auto done = read(*object, options_.text_column.empty() ? "text" : options_.text_column, false, out.text); !done)
      return source_.fault(out.line, done.error().message);
    if (!options_.label_column.empty())
      if (auto done = read(*object, options_.label_column, true, out.label); !done)
        return source_.fault(out.line, done.error().message);
    if (!options_.keep_columns) return true;
    for (const json::member& m : object->members)
      if (auto done = check_name(m.name, "field"); !done) return source_.fault(out.line, done.error().message);
    out.object = line_;
    return true;
  }

 private:
  static result<void> read(json::value& object, const std::string& name, bool id_allowed, std::string& out) {
    const json::value* value = object.find(name);
    if (value != nullptr && value->is(json::value::kind::string))
      out = value->string;
    else if (value != nullptr && id_allowed && value->is(json::value::kind::unsigned_integer))
      out = std::to_string(value->integer);
    else
      return error{errc::invalid_input, "field \"" + name + "\": expected a string" + (id_allowed ? " or an id" : "") +
                                            ", found " + std::string(value ? value->describe() : "nothing")};
    return {};
  }

  std::string line_;
};

}  // namespace

input_format format_of(std::string_view file) noexcept {
  if (const std::size_t name = file.size() - std::min<std::size_t>(file.size(), 3); file.substr(name) == ".gz")
    file = file.substr(0, name);
  const auto ends = [&](std::string_view extension) {
    return file.size() > extension.size() &&
           std::equal(extension.begin(), extension.end(), file.end() - static_cast<std::ptrdiff_t>(extension.size()),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
  };
  if (ends(".jsonl") || ends(".ndjson")) return input_format::jsonl;
  if (ends(".csv")) return input_format::csv;
  if (ends(".tsv")) return input_format::tsv;
  return input_format::text;
}

input_format format_of(const input_options& options) noexcept {
  return options.format == input_format::automatic ? format_of(options.file) : options.format;
}

result<std::unique_ptr<record_reader>> record_reader::open(const input_options& options) {
  auto source = line_source::open(options.file);
  if (!source) return std::move(source).error();
  switch (format_of(options)) {
    case input_format::jsonl:
      return std::unique_ptr<record_reader>(std::make_unique<jsonl_reader>(*std::move(source), options));
    case input_format::csv: return open_csv(*std::move(source), options);
    case input_format::tsv: return open_tsv(*std::move(source), options);
    default: break;
  }
  if (!options.label_column.empty())
    return error{
        errc::invalid_input,
        shown_name(options.file) + ": expected jsonl, csv or tsv, found text: text has no labels (see --format)"};
  return std::unique_ptr<record_reader>(std::make_unique<text_reader>(*std::move(source), options));
}

}  // namespace tool
