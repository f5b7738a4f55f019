#include "record_reader.hpp"

#include <csv.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "distilbert/core/json.hpp"

namespace tool {
namespace {

using distilbert::errc;
using distilbert::error;
using distilbert::result;

// The lines of a file or of standard input, with their numbers.
class line_source {
 public:
  static result<line_source> open(const std::string& file) {
    line_source source;
    source.name_ = file == "-" ? "standard input" : file;
    if (file == "-") {
      source.stream_.reset(stdin);
      return source;
    }
    std::error_code failure;
    if (std::filesystem::is_directory(file, failure))
      return error{errc::io_error, file + ": expected a file, found a directory"};
    source.stream_.reset(std::fopen(file.c_str(), "rb"));
    if (!source.stream_)
      return error{errno == ENOENT ? errc::file_not_found : errc::io_error, file + ": " + std::strerror(errno)};
    return source;
  }

  // The next line with its line end, if it has one. False at the end.
  result<bool> next(std::string& line) {
    line.clear();
    for (;;) {
      if (begin_ == end_) {
        end_ = std::fread(buffer_.data(), 1, buffer_.size(), stream_.get());
        begin_ = 0;
        if (end_ == 0) break;
      }
      const char* from = buffer_.data() + begin_;
      const void* found = std::memchr(from, '\n', end_ - begin_);
      const std::size_t count =
          found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - from) + 1 : end_ - begin_;
      line.append(from, count);
      begin_ += count;
      position_ += count;
      if (found != nullptr) break;
    }
    if (std::ferror(stream_.get()) != 0) return error{errc::io_error, name_ + ": " + std::strerror(errno)};
    if (line.empty()) return false;
    if (number_++ == 0 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    return true;
  }

  const std::string& name() const noexcept { return name_; }
  std::size_t number() const noexcept { return number_; }
  std::size_t position() const noexcept { return position_; }
  error fault(std::size_t line, const std::string& what) const {
    return {errc::invalid_input, name_ + ":" + std::to_string(line) + ": " + what};
  }

 private:
  struct closer {
    void operator()(std::FILE* f) const noexcept {
      if (f != stdin) std::fclose(f);
    }
  };
  std::unique_ptr<std::FILE, closer> stream_;
  std::string name_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16);
  std::size_t begin_ = 0, end_ = 0, number_ = 0, position_ = 0;
};

void drop_line_end(std::string& line) {
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
}

class line_reader : public record_reader {
 public:
  line_reader(line_source source, input_options options) : source_(std::move(source)), options_(std::move(options)) {}
  std::size_t position() const noexcept override { return source_.position(); }

 protected:
  line_source source_;
  input_options options_;
};

class text_reader : public line_reader {
 public:
  using line_reader::line_reader;
  result<bool> next(record& out) override {
    auto more = source_.next(out.text);
    if (!more || !*more) return more;
    drop_line_end(out.text);
    out.line = source_.number();
    return true;
  }
};

class jsonl_reader : public line_reader {
 public:
  using line_reader::line_reader;
  result<bool> next(record& out) override {
    using kind = distilbert::json::value::kind;
    do {
      auto more = source_.next(line_);
      if (!more || !*more) return more;
    } while (line_.find_first_not_of(" \t\r\n") == std::string::npos);
    out.line = source_.number();
    drop_line_end(line_);
    auto object = distilbert::json::parse(line_, source_.name() + ":" + std::to_string(out.line));
    if (!object) return error{errc::invalid_input, object.error().message};
    if (!object->is(kind::object))
      return source_.fault(out.line, "expected an object, found " + std::string(object->describe()));
    const auto field = [&](const std::string& name) -> result<const distilbert::json::value*> {
      const auto* value = object->find(name);
      if (value == nullptr) return source_.fault(out.line, "the object has no field \"" + name + "\"");
      return value;
    };
    const std::string& name = options_.text_column.empty() ? default_column_ : options_.text_column;
    const auto text = field(name);
    if (!text) return text.error();
    if (!(*text)->is(kind::string))
      return source_.fault(out.line,
                           "field \"" + name + "\": expected a string, found " + std::string((*text)->describe()));
    out.text = (*text)->string;
    if (options_.label_column.empty()) return true;
    const auto label = field(options_.label_column);
    if (!label) return label.error();
    if ((*label)->is(kind::string))
      out.label = (*label)->string;
    else if ((*label)->is(kind::unsigned_integer))
      out.label = std::to_string((*label)->integer);
    else
      return source_.fault(out.line, "field \"" + options_.label_column + "\": expected a string or an id, found " +
                                         std::string((*label)->describe()));
    return true;
  }

 private:
  const std::string default_column_ = "text";
  std::string line_;
};

// Columns by the names in a header line; rows come from a subclass.
class table_reader : public line_reader {
 public:
  using line_reader::line_reader;

  result<void> read_header() {
    std::vector<std::string> names;
    std::size_t line = 0;
    auto more = row(names, line);
    if (!more) return more.error();
    if (!*more) return source_.fault(1, "expected a header line, found an empty file");
    width_ = names.size();
    const auto column = [&](const std::string& name) -> std::optional<std::size_t> {
      const auto at = std::find(names.begin(), names.end(), name);
      if (at == names.end()) return std::nullopt;
      return static_cast<std::size_t>(at - names.begin());
    };
    const auto text = !options_.text_column.empty() ? column(options_.text_column)
                      : column("text")              ? column("text")
                                                    : column("sentence");
    if (!text)
      return source_.fault(
          line, "the header has no column " +
                    (options_.text_column.empty() ? "\"text\" or \"sentence\"" : "\"" + options_.text_column + "\""));
    text_ = *text;
    if (options_.label_column.empty()) return {};
    label_ = column(options_.label_column);
    if (!label_) return source_.fault(line, "the header has no column \"" + options_.label_column + "\"");
    return {};
  }

  result<bool> next(record& out) override {
    auto more = row(fields_, out.line);
    if (!more || !*more) return more;
    if (fields_.size() != width_)
      return source_.fault(out.line, "expected " + std::to_string(width_) + " columns as in the header, found " +
                                         std::to_string(fields_.size()));
    out.text = std::move(fields_[text_]);
    if (label_) out.label = *label_ == text_ ? out.text : std::move(fields_[*label_]);
    return true;
  }

 protected:
  // The next row's fields and its first line. False at the end.
  virtual result<bool> row(std::vector<std::string>& fields, std::size_t& line) = 0;

 private:
  std::vector<std::string> fields_;
  std::size_t width_ = 0, text_ = 0;
  std::optional<std::size_t> label_;
};

class tsv_reader : public table_reader {
 public:
  using table_reader::table_reader;

 protected:
  result<bool> row(std::vector<std::string>& fields, std::size_t& line) override {
    auto more = source_.next(text_);
    if (!more || !*more) return more;
    line = source_.number();
    drop_line_end(text_);
    fields.clear();
    for (std::size_t begin = 0;;) {
      const std::size_t end = std::min(text_.find('\t', begin), text_.size());
      fields.push_back(text_.substr(begin, end - begin));
      if (end == text_.size()) return true;
      begin = end + 1;
    }
  }

 private:
  std::string text_;
};

class csv_reader : public table_reader {
 public:
  csv_reader(line_source source, input_options options) : table_reader(std::move(source), std::move(options)) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });  // RFC 4180: spaces belong to the field
  }
  ~csv_reader() override { csv_free(&parser_); }

 protected:
  result<bool> row(std::vector<std::string>& fields, std::size_t& line) override {
    // Line by line, so that a row's first line is known; libcsv hands out a row when its last line has come.
    while (rows_.empty()) {
      auto more = source_.next(text_);
      if (!more) return more;
      if (!*more) {
        if (ended_) return false;
        ended_ = true;
        if (csv_fini(&parser_, on_field, on_row, this) != 0)
          return source_.fault(first_line_, "a quoted field begins here or later and never ends");
        continue;
      }
      if (!in_row_) first_line_ = source_.number();
      in_row_ = true;
      if (csv_parse(&parser_, text_.data(), text_.size(), on_field, on_row, this) != text_.size())
        return source_.fault(source_.number(), csv_error(&parser_) == CSV_EPARSE
                                                   ? "a quote stands inside a field that is not quoted as RFC 4180 asks"
                                                   : csv_strerror(csv_error(&parser_)));
      if (fields_.empty() && text_.find_first_not_of("\r\n") == std::string::npos) in_row_ = false;
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
  static void on_field(void* bytes, std::size_t size, void* self) {
    static_cast<csv_reader*>(self)->fields_.emplace_back(static_cast<const char*>(bytes), size);
  }
  static void on_row(int, void* self) {
    auto* reader = static_cast<csv_reader*>(self);
    reader->rows_.push_back({std::exchange(reader->fields_, {}), reader->first_line_});
    reader->in_row_ = false;
  }

  csv_parser parser_{};
  std::string text_;
  std::vector<std::string> fields_;
  std::deque<csv_row> rows_;
  std::size_t first_line_ = 1;
  bool in_row_ = false, ended_ = false;
};

template <class Table>
result<std::unique_ptr<record_reader>> open_table(line_source source, const input_options& options) {
  auto table = std::make_unique<Table>(std::move(source), options);
  if (auto header = table->read_header(); !header) return std::move(header).error();
  return std::unique_ptr<record_reader>(std::move(table));
}

}  // namespace

input_format format_of(std::string_view file) noexcept {
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

result<std::unique_ptr<record_reader>> record_reader::open(const input_options& options) {
  auto source = line_source::open(options.file);
  if (!source) return std::move(source).error();
  switch (options.format == input_format::automatic ? format_of(options.file) : options.format) {
    case input_format::jsonl:
      return std::unique_ptr<record_reader>(std::make_unique<jsonl_reader>(*std::move(source), options));
    case input_format::csv: return open_table<csv_reader>(*std::move(source), options);
    case input_format::tsv: return open_table<tsv_reader>(*std::move(source), options);
    default: return std::unique_ptr<record_reader>(std::make_unique<text_reader>(*std::move(source), options));
  }
}

}  // namespace tool
