#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "gzip_member.hpp"
#include "program.hpp"
#include "support/golden.hpp"

namespace {

using strings = std::vector<std::string>;

const std::string small = model("tiny-three-labels");

outcome classify(strings more, std::string_view in = "") {
  more.insert(more.begin(), {"classify", "--model", small});
  return run(more, in);
}

}  // namespace

TEST_CASE("several files are read one after the other, each in its own format") {
  const temporary_directory directory;
  const std::string a = directory.write("a.jsonl", "{\"text\":\"one\"}\n").string(),
                    b = directory.write("b.csv.gz", tool::gzip_member("id,text\n1,two\n")).string(),
                    c = directory.write("c.txt", "three\n").string();
  const std::string expected = classify({"one", "two", "three"}).out;
  CHECK(classify({"--input", a, b, c}).out == expected);
  CHECK(classify({"-i", a, "--input", b, "-i", c}).out == expected);
  CHECK(classify({"--input", a, b, "-"}, "three\n").out == expected);
}

TEST_CASE("a file that is missing is told before anything is read") {
  const temporary_directory directory;
  const std::string a = directory.write("a.txt", "one\n").string(), b = (directory.path() / "b.txt").string();
  const outcome got = classify({"--input", a, b});
  CHECK(got.status == 1);
  CHECK(got.out.empty());
  CHECK(got.err == "distilbert: " + b + ": No such file or directory\n");
}

TEST_CASE("an error names the file that it is in") {
  const temporary_directory directory;
  const std::string a = directory.write("a.jsonl", "{\"text\":\"one\"}\n").string(),
                    b = directory.write("b.jsonl", "{\"text\":\"two\"}\n{}\n").string();
  CHECK(classify({"--input", a, b}).err.starts_with("distilbert: " + b + ":2: "));
}

TEST_CASE("columns are kept in the input's own format, with the answer's after them") {
  const temporary_directory directory;
  const std::string answer = classify({"one", "--output-format", "csv"}).lines()[1];
  const outcome csv = classify({"--keep-columns", "--format", "csv"}, "id,text,when\n007,one,\"1, 2\"\n");
  CHECK(csv.out == "id,text,when,label,score,truncated\n007,one,\"1, 2\"," + answer + "\n");
  const outcome tsv = classify({"--keep-columns", "--format", "tsv"}, "id\ttext\n007\tone\n");
  CHECK(tsv.lines()[0] == "id\ttext\tlabel\tscore\ttruncated");
  CHECK(tsv.lines()[1].starts_with("007\tone\t"));
}

TEST_CASE("a JSON object is kept byte by byte") {
  const std::string rest = classify({"one", "--output-format", "jsonl"}).out.substr(1);
  for (const std::string object : {"{\"id\":12345678901234567890,\"text\":\"one\",\"more\":{\"x\":[1.0,1e2]}",
                                   " { \"a}\" : \"\\u00e9\", \"text\" : \"one\" "})
    CHECK(classify({"--keep-columns", "--format", "jsonl"}, object + "}  \n").out == object + "," + rest);
}

TEST_CASE("rows and lines become objects") {
  const std::string rest = classify({"one", "--output-format", "jsonl"}).out.substr(1);
  CHECK(classify({"--keep-columns", "--format", "csv", "--output-format", "jsonl"}, "id,text\n007,one\n").out ==
        "{\"id\":\"007\",\"text\":\"one\"," + rest);
  CHECK(classify({"--keep-columns"}, "one\n").out == "{\"text\":\"one\"," + rest);
}

TEST_CASE("a column that has the name of an answer's is refused, unless a prefix tells them apart") {
  const std::string table = "text,label\none,1\n", object = "{\"text\":\"one\",\"label\":1}\n";
  const outcome got = classify({"--keep-columns", "--format", "csv"}, table);
  CHECK(got.status == 1);
  CHECK(got.out.empty());
  CHECK(got.err ==
        "distilbert: standard input:1: header: column \"label\": expected none of the answer's names beside "
        "it; --prefix gives them others\n");
  CHECK(classify({"--keep-columns", "--format", "jsonl"}, object).err ==
        "distilbert: standard input:1: field \"label\": expected none of the answer's names beside it; --prefix gives "
        "them others\n");
  CHECK(classify({"--keep-columns", "--format", "csv", "--prefix", "my_"}, table).lines()[0] ==
        "text,label,my_label,my_score,my_truncated");
  CHECK(classify({"--keep-columns", "--format", "jsonl", "--prefix", "my "}, object)
            .out.starts_with("{\"text\":\"one\",\"label\":1,\"my label\":\""));
  CHECK(classify({"--format", "csv"}, table).status == 0);  // not kept, not in the way
}

TEST_CASE("columns that cannot be kept are refused by what was asked for") {
  CHECK(classify({"--keep-columns", "--output-format", "text"}, "x\n").err ==
        "distilbert: --keep-columns: expected --output-format jsonl, csv or tsv, found text\n");
  CHECK(classify({"--keep-columns", "--format", "jsonl", "--output-format", "csv"}, "x\n").status == 2);
  CHECK(classify({"--keep-columns", "a text"}).status == 2);
  const temporary_directory directory;
  const std::string a = directory.write("a.csv", "id,text\n1,one\n").string(),
                    b = directory.write("b.csv", "text,id\ntwo,2\n").string();
  const outcome got = classify({"--keep-columns", "--input", a, b});
  CHECK(got.status == 1);
  CHECK(got.lines().size() == 2);
  CHECK(got.err ==
        "distilbert: " + b + ": header: expected the first file's columns, \"id\", \"text\", found \"text\", \"id\"\n");
}

TEST_CASE("a file of answers has what standard output would have had, in the format of its name") {
  const temporary_directory directory;
  const auto file = [&](const char* name) { return (directory.path() / name).string(); };
  for (const char* format : {"jsonl", "csv", "tsv"}) {
    const std::string expected = classify({"--output-format", format}, "one\ntwo\n").out;
    const std::string out = file("out.") + format;
    const outcome got = classify({"--output", out}, "one\ntwo\n");
    CHECK(got.status == 0);
    CHECK(got.out.empty());
    CHECK(contents(out) == expected);
    CHECK(classify({"-o", out + ".gz"}, "one\ntwo\n").status == 0);
    CHECK(contents(out + ".gz") == tool::gzip_member(expected));
  }
  CHECK(classify({"-o", file("out.txt"), "one"}).status == 0);
  CHECK(contents(file("out.txt")) == classify({"one"}).out);
}

TEST_CASE("a file of answers that cannot be written is named") {
  CHECK(classify({"--output", "/dev/full"}, "x\n").err == "distilbert: /dev/full: No space left on device\n");
  CHECK(classify({"--output", "/no/such/place"}, "x\n").err ==
        "distilbert: /no/such/place.part: No such file or directory\n");
}
