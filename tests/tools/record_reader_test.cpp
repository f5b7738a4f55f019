#include "record_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "line_source.hpp"
#include "support/temporary_directory.hpp"

namespace {

using namespace std::string_view_literals;
using strings = std::vector<std::string>;
using tool::input_format;
using tool::input_options;

struct reading {
  strings texts, labels;
  std::vector<std::size_t> lines;
  std::string fault;  // with "FILE" for the file's name
};

reading read(std::string_view content, const std::string& name, input_options options = {}) {
  const temporary_directory directory;
  options.file = directory.write(name, content).string();
  reading got;
  const auto keep = [&](std::string message) {
    const std::size_t at = message.find(options.file);
    got.fault = at == 0 ? "FILE" + message.substr(options.file.size()) : message;
  };
  auto reader = tool::record_reader::open(options);
  if (!reader) return keep(reader.error().message), got;
  for (tool::record r;;) {
    const auto more = (*reader)->next(r);
    if (!more) return keep(more.error().message), got;
    if (!*more) return got;
    got.texts.push_back(r.text);
    got.labels.push_back(r.label);
    got.lines.push_back(r.line);
  }
}

reading labelled(std::string_view content, const std::string& name) {
  return read(content, name, {.file = "", .label_column = "label"});
}

}  // namespace

TEST_CASE("a line of a text file is a text, whatever bytes it has") {
  CHECK(read("one\n two \n\xFF\0x\ntab\there\n"sv, "a.txt").texts ==
        strings{"one", " two ", std::string("\xFF\0x", 3), "tab\there"});
}

TEST_CASE("an empty line of a text file is an empty text") {
  CHECK(read("\none\n\n", "a.txt").texts == strings{"", "one", ""});
  CHECK(read("", "a.txt").texts.empty());
}

TEST_CASE("the last line of a text file needs no line end") {
  CHECK(read("one\ntwo", "a.txt").texts == strings{"one", "two"});
}

TEST_CASE("CRLF ends a line, a CR within it does not") {
  CHECK(read("one\r\ntwo\rthree\r\n\r\n", "a.txt").texts == strings{"one", "two\rthree", ""});
}

TEST_CASE("a byte order mark at the beginning is dropped") {
  CHECK(read("\xEF\xBB\xBFone\n\xEF\xBB\xBFtwo\n", "a.txt").texts == strings{"one", "\xEF\xBB\xBFtwo"});
  CHECK(read("\xEF\xBB\xBF{\"text\":\"one\"}\n", "a.jsonl").texts == strings{"one"});
  CHECK(read("\xEF\xBB\xBFtext,label\none,1\n", "a.csv").texts == strings{"one"});
  CHECK(read("\xEF\xBB\xBFtext\tlabel\none\t1\n", "a.tsv").texts == strings{"one"});
}

TEST_CASE("lines longer than the buffer come whole") {
  const std::string a(200000, 'a'), b(70000, 'b');
  CHECK(read(a + "\n" + b + "\r\nc", "a.txt").texts == strings{a, b, "c"});
}

TEST_CASE("the format is that of the file's extension, text where it has none of ours") {
  CHECK(tool::format_of("a/b.jsonl") == input_format::jsonl);
  CHECK(tool::format_of("B.NDJSON") == input_format::jsonl);
  CHECK(tool::format_of("b.Csv") == input_format::csv);
  CHECK(tool::format_of("b.tsv") == input_format::tsv);
  CHECK(tool::format_of("b.txt") == input_format::text);
  CHECK(tool::format_of("b.csv.bak") == input_format::text);
  CHECK(tool::format_of(".csv") == input_format::text);
  CHECK(tool::format_of("-") == input_format::text);
}

TEST_CASE("a format that is asked for overrules the extension") {
  CHECK(read("{\"text\":\"x\"}\n", "a.txt", {.file = "", .format = input_format::jsonl}).texts == strings{"x"});
  CHECK(read("text\n", "a.tsv", {.file = "", .format = input_format::text}).texts == strings{"text"});
}

TEST_CASE("a JSON line gives its text field and its line's number, and blank lines are passed over") {
  const reading got = read("{\"id\":7,\"text\":\"a \\u00e9\\n\"}\n\n  \r\n{\"text\":\"\"}\r\n", "a.jsonl");
  CHECK(got.texts == strings{"a é\n", ""});
  CHECK(got.lines == std::vector<std::size_t>{1, 4});
}

TEST_CASE("another field can be the text") {
  CHECK(read("{\"text\":1,\"review\":\"x\"}\n", "a.jsonl", {.file = "", .text_column = "review"}).texts ==
        strings{"x"});
}

TEST_CASE("a JSON line without a text is refused by file and line, the ones before it are read") {
  const reading got = read("{\"text\":\"one\"}\n{\"text\":5}\n{\"text\":\"three\"}\n", "a.jsonl");
  CHECK(got.texts == strings{"one"});
  CHECK(got.fault == "FILE:2: field \"text\": expected a string, found an integer");
  CHECK(read("{\"sentence\":\"x\"}\n", "a.jsonl").fault == "FILE:1: field \"text\": expected a string, found nothing");
  CHECK(read("{\"text\":null}\n", "a.jsonl").fault == "FILE:1: field \"text\": expected a string, found null");
  CHECK(read("\n[1]\n", "a.jsonl").fault == "FILE:2: expected an object, found an array");
}

TEST_CASE("a line that is not JSON is refused by file and line") {
  for (const std::string_view line : {"{\"text\":\"x\"", "plain", "{\"text\":\"x\"} {}", "{\"text\":\"\xFF\"}",
                                      "{\"text\":\"\\ud800\"}", "{\"text\":\"a\",\"text\":\"b\"}"}) {
    const reading got = read("{\"text\":\"ok\"}\n" + std::string(line) + "\n", "a.jsonl");
    INFO(line);
    CHECK(got.texts == strings{"ok"});
    CHECK(got.fault.starts_with("FILE:2: "));
  }
}

TEST_CASE("a JSON label is a string or an id") {
  const reading got = labelled("{\"text\":\"a\",\"label\":\"POSITIVE\"}\n{\"text\":\"b\",\"label\":0}\n", "a.jsonl");
  CHECK(got.labels == strings{"POSITIVE", "0"});
  CHECK(labelled("{\"text\":\"a\",\"label\":-1}\n", "a.jsonl").fault ==
        "FILE:1: field \"label\": expected a string or an id, found a negative integer");
  CHECK(labelled("{\"text\":\"a\"}\n", "a.jsonl").fault ==
        "FILE:1: field \"label\": expected a string or an id, found nothing");
}

TEST_CASE("CSV is read by RFC 4180") {
  const reading got = labelled(
      "id,text,label\r\n"
      "1,plain,a\r\n"
      "2,\"quoted, with a comma\",b\r\n"
      "3,\"over\r\ntwo lines\",c\r\n"
      "4,\"say \"\"hi\"\"\",d\r\n"
      "5,\"\",e\r\n"
      "6,,f\r\n"
      "7, spaces stay ,g",
      "a.csv");
  CHECK(got.fault == "");
  CHECK(got.texts ==
        strings{"plain", "quoted, with a comma", "over\r\ntwo lines", "say \"hi\"", "", "", " spaces stay "});
  CHECK(got.labels == strings{"a", "b", "c", "d", "e", "f", "g"});
  CHECK(got.lines == std::vector<std::size_t>{2, 3, 4, 6, 7, 8, 9});
}

TEST_CASE("a CSV header may be quoted, and blank lines between rows are passed over") {
  const reading got = read("\n\"text\",\"a,b\"\n\nx,1\n\n\"y\",2\n\n", "a.csv");
  CHECK(got.fault == "");
  CHECK(got.texts == strings{"x", "y"});
  CHECK(got.lines == std::vector<std::size_t>{4, 6});
}

TEST_CASE("a long CSV field comes whole") {
  const std::string longest = "a\n" + std::string(300000, 'b') + ",c";
  CHECK(read("text\n\"" + longest + "\"\nx\n", "a.csv").texts == strings{longest, "x"});
}

TEST_CASE("CSV against the RFC is refused by file and line") {
  CHECK(read("text\nok\na \"b\" c\n", "a.csv").fault.starts_with("FILE:3: a quote where RFC 4180 has none"));
  CHECK(read("text\n\"a\" b\n", "a.csv").fault.starts_with("FILE:2: a quote where RFC 4180 has none"));
  const reading got = read("text\nok\n\"never\nending\n", "a.csv");
  CHECK(got.texts == strings{"ok"});
  CHECK(got.fault == "FILE:3: the row that begins here has a quoted field without an end");
}

TEST_CASE("TSV has no quoting") {
  const reading got = labelled("sentence\tlabel\n\"open\t1\r\na \"b\" c\t0\n\t1\n", "a.tsv");
  CHECK(got.texts == strings{"\"open", "a \"b\" c", ""});
  CHECK(got.labels == strings{"1", "0", "1"});
  CHECK(got.lines == std::vector<std::size_t>{2, 3, 4});
}

TEST_CASE("a blank line of a TSV is a text only where there is one column") {
  CHECK(read("text\tlabel\na\t1\n\nb\t0\n\n", "a.tsv").texts == strings{"a", "b"});
  CHECK(read("text\na\n\nb\n", "a.tsv").texts == strings{"a", "", "b"});
}

TEST_CASE("a row of another width than the header is refused by file and line") {
  CHECK(read("text\tlabel\na\t1\nb\n", "a.tsv").fault == "FILE:3: expected 2 columns as in the header, found 1");
  CHECK(read("text,label\na,1\nb,1,2\n", "a.csv").fault == "FILE:3: expected 2 columns as in the header, found 3");
}

TEST_CASE("a table's text is its column text, else sentence, or the one asked for") {
  const char* const table = "sentence,text,other\na,b,c\n";
  CHECK(read(table, "a.csv").texts == strings{"b"});
  CHECK(read("label\tsentence\n1\ta\n", "a.tsv").texts == strings{"a"});
  CHECK(read(table, "a.csv", {.file = "", .text_column = "other"}).texts == strings{"c"});
}

TEST_CASE("one column can be text and label") {
  const reading got = read("text\na\n", "a.csv", {.file = "", .label_column = "text"});
  CHECK(got.texts == strings{"a"});
  CHECK(got.labels == strings{"a"});
}

TEST_CASE("a header without the column is refused") {
  CHECK(read("id,review\n1,x\n", "a.csv").fault ==
        "FILE:1: header: expected a column \"text\" or \"sentence\", found \"id\", \"review\"");
  CHECK(read("text\tx\n", "a.tsv", {.file = "", .text_column = "review"}).fault ==
        "FILE:1: header: expected a column \"review\", found \"text\", \"x\"");
  CHECK(labelled("text\nx\n", "a.csv").fault == "FILE:1: header: expected a column \"label\", found \"text\"");
  CHECK(read("text\ttext\n", "a.tsv").fault == "FILE:1: header: expected one column \"text\", found two");
  CHECK(read("", "a.csv").fault == "FILE:1: expected a header line, found the end of the file");
}

TEST_CASE("a file that is not there, and a directory, are refused") {
  const temporary_directory directory;
  CHECK(tool::record_reader::open({.file = (directory.path() / "a.txt").string()}).error().code ==
        distilbert::errc::file_not_found);
  CHECK(tool::record_reader::open({.file = directory.path().string()}).error().message ==
        directory.path().string() + ": expected a file, found a directory");
}
