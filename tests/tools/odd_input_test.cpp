#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "gzip_member.hpp"
#include "program.hpp"

// Input as it comes, one kind of oddity each, through the tool: all answers, or the one that has to fail.
namespace {

using namespace std::string_view_literals;
using strings = std::vector<std::string>;

const std::string small = model("tiny-three-labels");

// The answers to a file of this name and content, as JSON unless asked for otherwise.
outcome classify(const std::string& name, std::string_view content, strings more = {}) {
  const temporary_directory directory;
  strings arguments = {"classify", "--model", small, "--input", directory.write(name, content).string()};
  if (std::find(more.begin(), more.end(), "--output-format") == more.end())
    more.insert(more.end(), {"--output-format", "jsonl"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  outcome got = run(arguments);
  for (std::string* text : {&got.out, &got.err})
    for (std::size_t at; (at = text->find(directory.path().string() + "/")) != std::string::npos;)
      text->erase(at, directory.path().string().size() + 1);
  return got;
}

// Of texts on the command line.
std::string answers(strings texts) {
  texts.insert(texts.begin(), {"classify", "--model", small, "--output-format", "jsonl", "--"});
  return run(texts).out;
}

const std::string_view bad_lines =
    "{\"text\":\"good\"}\nnone\n{\"text\":7}\n[]\n{\"text\":\"\xFF\"}\n{\"text\":\"bad\"}\n";

}  // namespace

TEST_CASE("malformed lines stop the run, with the answers before them written") {
  const outcome got = classify("a.jsonl", bad_lines);
  CHECK(got.status == 1);
  CHECK(got.out == answers({"good"}));
  CHECK(got.err.starts_with("distilbert: a.jsonl:2: syntax error"));
}

TEST_CASE("malformed lines are passed over where that is asked for, and told") {
  const outcome got = classify("a.jsonl", bad_lines, {"--on-error", "skip"});
  CHECK(got.status == 0);
  CHECK(got.out == answers({"good", "bad"}));
  for (const char* line : {"a.jsonl:2: ", "a.jsonl:3: field \"text\": expected a string, found an integer\n",
                           "a.jsonl:4: ", "a.jsonl:5: ", "distilbert: 4 of the input's records could not be read\n"})
    CHECK(got.err.find(line) != std::string::npos);
}

TEST_CASE("of many malformed lines ten are told, and how many there are") {
  std::string lines;
  for (int i = 0; i < 500; ++i) lines += "none\n";
  const outcome got = classify("a.jsonl", lines, {"--on-error", "skip"});
  CHECK(std::count(got.err.begin(), got.err.end(), '\n') == 11);
  CHECK(got.err.ends_with("distilbert: 500 of the input's records could not be read\n"));
}

TEST_CASE("malformed lines have their error in the answer's place where that is asked for") {
  const outcome got = classify("a.jsonl", bad_lines, {"--on-error", "record"});
  CHECK(got.status == 0);
  REQUIRE(got.lines().size() == 6);
  CHECK(got.lines()[0] + "\n" == answers({"good"}));
  CHECK(got.lines()[2] == "{\"error\":\"a.jsonl:3: field \\\"text\\\": expected a string, found an integer\"}");
  CHECK(got.lines()[5] + "\n" == answers({"bad"}));

  const outcome csv = classify("a.csv", "id,text\n1,good\n2\n3,bad\n",
                               {"--on-error", "record", "--keep-columns", "--output-format", "csv"});
  REQUIRE(csv.lines().size() == 4);
  CHECK(csv.lines()[0] == "id,text,label,score,truncated,error");
  CHECK(csv.lines()[1].starts_with("1,good,"));
  CHECK(csv.lines()[1].ends_with(",false,"));
  CHECK(csv.lines()[2] == ",,,,,\"a.csv:3: expected 2 columns as in the header, found 1\"");

  const outcome text = classify("a.tsv", "id\ttext\n1\n", {"--on-error", "record", "--output-format", "text"});
  CHECK(text.out == "(error)\ta.tsv:2: expected 2 columns as in the header, found 1\n");
}

TEST_CASE("after a quote where none may be, a CSV goes on with the next line") {
  const outcome got = classify("a.csv", "text\na \"b\" c\ngood\n\"bad\n", {"--on-error", "skip"});
  CHECK(got.status == 0);
  CHECK(got.out == answers({"good"}));
  CHECK(got.err.find("a.csv:2: a quote where RFC 4180 has none") != std::string::npos);
  CHECK(got.err.find("a.csv:4: the row that begins here has a quoted field without an end") != std::string::npos);
}

TEST_CASE("broken UTF-8 is a text in text, csv and tsv, read as U+FFFD") {
  const std::string expected = answers({"caf\xEF\xBF\xBD ole\xEF\xBF\xBD"});
  CHECK(classify("a.txt", "caf\xE9 ole\xF0\n").out == expected);
  CHECK(classify("a.csv", "text\ncaf\xE9 ole\xF0\n").out == expected);
  CHECK(classify("a.tsv", "text\ncaf\xE9 ole\xF0\n").out == expected);
  CHECK(classify("a.csv", "text\nx\xE9\n", {"--keep-columns"}).out.starts_with("{\"text\":\"x\xEF\xBF\xBD\","));
}

TEST_CASE("NUL bytes are part of a text, and no JSON") {
  const std::string expected = answers({"good"});  // the tokenizer drops them
  CHECK(classify("a.txt", "go\0od\n"sv).out == expected);
  CHECK(classify("a.csv", "text\ngo\0od\n"sv).out == expected);
  CHECK(classify("a.tsv", "text\ngo\0od\n"sv).out == expected);
  CHECK(classify("a.jsonl", "{\"text\":\"go\\u0000od\"}\n").out == expected);
  CHECK(classify("a.jsonl", "{\"text\":\"go\0od\"}\n"sv).err.starts_with("distilbert: a.jsonl:1: "));
  CHECK(classify("a.csv", "a,text\nx\0y,good\n"sv, {"--keep-columns", "--output-format", "csv"})
            .out.starts_with("a,text,label,score,truncated\nx\0y,good,"sv));
}

TEST_CASE("CRLF ends lines in every format, and is none of the text") {
  const std::string expected = answers({"good", "bad"});
  CHECK(classify("a.txt", "good\r\nbad\r\n").out == expected);
  CHECK(classify("a.jsonl", "{\"text\":\"good\"}\r\n{\"text\":\"bad\"}\r\n").out == expected);
  CHECK(classify("a.csv", "text\r\ngood\r\nbad\r\n").out == expected);
  CHECK(classify("a.tsv", "text\r\ngood\r\nbad\r\n").out == expected);
  const outcome kept = classify("a.jsonl", "{\"text\":\"good\"} \r\n", {"--keep-columns"});
  CHECK(kept.out == "{\"text\":\"good\"," + answers({"good"}).substr(1));
}

TEST_CASE("a byte order mark is none of the first text, packed or not") {
  const std::string expected = answers({"good"});
  CHECK(classify("a.txt", "\xEF\xBB\xBFgood\n").out == expected);
  CHECK(classify("a.jsonl", "\xEF\xBB\xBF{\"text\":\"good\"}\n").out == expected);
  CHECK(classify("a.csv", "\xEF\xBB\xBFtext\ngood\n").out == expected);
  CHECK(classify("a.tsv", "\xEF\xBB\xBFtext\ngood\n").out == expected);
  CHECK(classify("a.tsv.gz", tool::gzip_member("\xEF\xBB\xBFtext\ngood\n")).out == expected);
}

TEST_CASE("a quoted text over several lines is one text, and stays so where columns are kept") {
  const std::string_view table = "text,id\n\"good,\n\"\"very\"\" good\",1\n\"bad\r\n\",2\n";
  CHECK(classify("a.csv", table).out == answers({"good,\n\"very\" good", "bad\r\n"}));
  const outcome kept = classify("a.csv", table, {"--keep-columns", "--output-format", "csv"});
  CHECK(kept.out.starts_with("text,id,label,score,truncated\n\"good,\n\"\"very\"\" good\",1,"));
  CHECK(kept.out.find("\n\"bad\r\n\",2,") != std::string::npos);
  CHECK(classify("a.csv", table, {"--keep-columns", "--output-format", "tsv"}).out.find("\ngood, \"very\" good\t1\t") !=
        std::string::npos);
}

TEST_CASE("a line of 100 MB is a text like others") {
  std::string line;
  while (line.size() < std::size_t{100} << 20) line += "a good film of words that go on and on ";
  const std::string start = line.substr(0, 39 * 100);  // more than is read
  const std::string expected = answers({"bad", start, "good"});
  CHECK(classify("a.txt", "bad\n" + line + "\ngood\n").out == expected);
  CHECK(classify("a.jsonl", "{\"text\":\"bad\"}\n{\"text\":\"" + line + "\"}\n{\"text\":\"good\"}\n").out == expected);
  CHECK(classify("a.csv", "text\nbad\n\"" + line + "\"\ngood\n").out == expected);
  CHECK(classify("a.txt.gz", tool::gzip_member("bad\n" + line + "\ngood\n")).out == expected);
}

TEST_CASE("a line that is too long to be one is refused, and the next one read where that is asked for") {
  const std::string line((std::size_t{1} << 28) + 1, 'x');
  const outcome got = classify("a.txt", line + "\ngood\n", {"--on-error", "skip"});
  CHECK(got.out == answers({"good"}));
  CHECK(got.err.starts_with("distilbert: a.txt:1: expected a line of at most 268435456 bytes\n"));
}

TEST_CASE("an empty file has no answers, and as a table it lacks a header") {
  for (const char* name : {"a.txt", "a.jsonl"}) {
    const outcome got = classify(name, "");
    CHECK(got.status == 0);
    CHECK(got.out.empty());
  }
  for (const char* name : {"a.csv", "a.tsv"}) {
    const outcome got = classify(name, "");
    CHECK(got.status == 1);
    CHECK(got.err == "distilbert: " + std::string(name) + ":1: expected a header line, found the end of the file\n");
  }
  CHECK(classify("a.csv", "text\n", {"--output-format", "csv"}).out == "label,score,truncated\n");
}

TEST_CASE("gzip that is cut short is an error that names the file, after the answers to what was there") {
  std::string lines;
  strings texts;
  for (int i = 0; i < 300; ++i) {
    texts.push_back("text " + std::to_string(i * i * 7919));
    lines += texts.back() + "\n";
  }
  const std::string packed = tool::gzip_member(lines);
  const outcome whole = classify("a.txt.gz", packed);
  CHECK(whole.out == answers(texts));
  const outcome cut = classify("a.txt.gz", packed.substr(0, packed.size() - 300));
  CHECK(cut.status == 1);
  CHECK(cut.err == "distilbert: a.txt.gz: the gzip data is cut short\n");
  CHECK(cut.lines().size() > 100);
  CHECK(whole.out.starts_with(cut.out));
}
