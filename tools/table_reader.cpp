#include "table_reader.hpp"

#include <csv.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "line_reader.hpp"

namespace tool {
namespace {

using distilbert::result;

// Columns by the names in a header line; rows come from a subclass.
class table_reader : public line_reader {
 public:
  using line_reader::line_reader;

  result<void> read_header() {
    std::size_t line = 0;
    auto more = row(names_, line);
    if (!more) return std::move(more).error();
    if (!*more) return source_.fault(1, "expected a header line, found the end of the file");
    width_ = names_.size();

    std::vector<std::string> text_names = {options_.text_column};
    if (options_.text_column.empty()) text_names = {"text", "sentence"};
    auto text = column(text_names, line);
    if (!text) return std::move(text).error();
    text_ = *text;
    if (options_.keep_columns)
      for (const std::string& name : names_)
        if (auto done = check_name(name, "header: column"); !done) return source_.fault(line, done.error().message);
    if (options_.label_column.empty()) return {};
    auto label = column({options_.label_column}, line);
    if (!label) return std::move(label).error();
    label_ = *label;
    return {};
  }

  result<bool> next(record& out) override {
    auto more = row(fields_, out.line);
    if (!more || !*more) return more;
    if (fields_.size() != width_)
      return source_.fault(out.line, "expected " + std::to_string(width_) + " columns as in the header, found " +
                                         std::to_string(fields_.size()));
    if (label_) out.label = fields_[*label_];
    if (options_.keep_columns) {
      out.text = fields_[text_];
      out.cells = std::move(fields_);
    } else {
      out.text = std::move(fields_[text_]);
    }
    return true;
  }

  const std::vector<std::string>& columns() const noexcept override { return names_; }

 protected:
  // The next row's fields and its first line. False at the end.
  virtual result<bool> row(std::vector<std::string>& fields, std::size_t& line) = 0;

  std::size_t width_ = 0;  // of the header; 0 while it is read

 private:
  // The column that has the first of the wanted names that any has.
  result<std::size_t> column(const std::vector<std::string>& wanted, std::size_t line) const {
    for (const std::string& name : wanted) {
      const auto at = std::find(names_.begin(), names_.end(), name);
      if (at == names_.end()) continue;
      if (std::find(at + 1, names_.end(), name) == names_.end()) return static_cast<std::size_t>(at - names_.begin());
      return source_.fault(line, "header: expected one column " + quoted({name}, "") + ", found two");
    }
    return source_.fault(line,
                         "header: expected a column " + quoted(wanted, " or ") + ", found " + quoted(names_, ", "));
  }

  static std::string quoted(const std::vector<std::string>& names, const char* separator) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "\"" : separator + std::string("\"")) + name + "\"";
    return text;
  }

  std::vector<std::string> names_, fields_;
  std::size_t text_ = 0;
  std::optional<std::size_t> label_;
};

class tsv_reader : public table_reader {
 public:
  using table_reader::table_reader;

 protected:
  result<bool> row(std::vector<std::string>& fields, std::size_t& line) override {
    do {
      auto more = source_.next(line_);
      if (!more || !*more) return more;
      drop_line_end(line_);
    } while (line_.empty() && width_ != 1);
    line = source_.number();
    fields.clear();
    for (std::size_t begin = 0;;) {
      const std::size_t end = std::min(line_.find('\t', begin), line_.size());
      fields.push_back(line_.substr(begin, end - begin));
      if (end == line_.size()) return true;
      begin = end + 1;
    }
  }

 private:
  std::string line_;
};

class csv_reader : public table_reader {
 public:
  csv_reader(line_source source, input_options options) : table_reader(std::move(source), std::move(options)) {
    begin();
  }
  ~csv_reader() override { csv_free(&parser_); }

 protected:
  result<bool> row(std::vector<std::string>& fields, std::size_t& line) override {
    // Line by line, so that a row's first line is known; libcsv hands out a row when its last line has come.
    while (rows_.empty()) {
      auto more = source_.next(line_);
      if (!more) {
        restart();
        return more;
      }
      if (!*more) {
        if (ended_) return false;
        ended_ = true;
        if (csv_fini(&parser_, on_field, on_row, this) != 0)
          return source_.fault(first_line_, "the row that begins here has a quoted field without an end");
        continue;
      }
      if (row_bytes_ == 0) first_line_ = source_.number();
      row_bytes_ += line_.size();
      if (row_bytes_ > longest_record) {
        restart();
        return source_.fault(first_line_, "expected a row of at most " + std::to_string(longest_record) + " bytes");
      }
      const bool blank = line_.find_first_not_of("\r\n") == std::string::npos;
      if (csv_parse(&parser_, line_.data(), line_.size(), on_field, on_row, this) != line_.size()) {
        const int code = csv_error(&parser_);
        restart();
        return source_.fault(source_.number(), code == CSV_EPARSE
                                                   ? "a quote where RFC 4180 has none: a field with quotes is quoted "
                                                     "whole, each quote within it doubled"
                                                   : csv_strerror(code));
      }
      if (blank && row_bytes_ == line_.size()) row_bytes_ = 0;  // between rows
    }
    fields = std::move(rows_.front().fields);
    line = rows_.front().line;
    rows_.pop_front();
    return true;
  }

 private:
  struct csv_row {
    std::vector<std::string> fields;
    std::size_t line;
  };
  void begin() {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });  // RFC 4180: spaces belong to the field
    csv_set_blk_size(&parser_, std::size_t{1} << 16);
  }
  // After a fault, with the next line as the first of a row.
  void restart() {
    csv_free(&parser_);
    begin();
    fields_.clear();
    row_bytes_ = 0;
  }
  static void on_field(void* bytes, std::size_t size, void* self) {
    static_cast<csv_reader*>(self)->fields_.emplace_back(static_cast<const char*>(bytes), size);
  }
  static void on_row(int, void* self) {
    auto* reader = static_cast<csv_reader*>(self);
    reader->rows_.push_back({std::exchange(reader->fields_, {}), reader->first_line_});
    reader->row_bytes_ = 0;
  }

  csv_parser parser_{};
  std::string line_;
  std::vector<std::string> fields_;
  std::deque<csv_row> rows_;
  std::size_t first_line_ = 1;
  std::size_t row_bytes_ = 0;  // of the row that is being read
  bool ended_ = false;
};

template <class Table>
result<std::unique_ptr<record_reader>> open_table(line_source source, const input_options& options) {
  auto table = std::make_unique<Table>(std::move(source), options);
  if (auto header = table->read_header(); !header) return std::move(header).error();
  return std::unique_ptr<record_reader>(std::move(table));
}

}  // namespace

result<std::unique_ptr<record_reader>> open_csv(line_source source, const input_options& options) {
  return open_table<csv_reader>(std::move(source), options);
}
result<std::unique_ptr<record_reader>> open_tsv(line_source source, const input_options& options) {
  return open_table<tsv_reader>(std::move(source), options);
}

}  // namespace tool
