#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "html.hpp"
#include "program.hpp"

using strings = std::vector<std::string>;

TEST_CASE("explain gives the label, the logits and a line for each word") {
  const outcome got = run({"explain", "not a good film"});
  CHECK(got.status == 0);
  const strings lines = got.lines();
  REQUIRE(lines.size() >= 6);
  CHECK(lines[0].starts_with("NEGATIVE\t"));
  CHECK(lines[1].find(", of the empty text ") != std::string::npos);
  CHECK(lines[1].ends_with(": exact"));
  CHECK(lines[2].ends_with("  not"));
  CHECK(lines[5].ends_with("  film"));
  CHECK(got.out.find('\033') == std::string::npos);
}

TEST_CASE("explanations in jsonl add up, with offsets in bytes, and the same for a seed") {
  const std::string text = "caf\xC3\xA9 food that was good but slow , cold , dear and far away";
  const strings command = {"explain", "--output-format", "jsonl", "--seed", "3", text};
  const outcome got = run(command);
  const auto why = got.json();
  CHECK(!why.find("exact")->boolean);
  double sum = 0;
  for (const auto& word : why.find("words")->items) {
    sum += word.find("contribution")->number;
    const auto begin = word.find("begin")->integer, end = word.find("end")->integer;
    CHECK(text.substr(begin, end - begin) == word.find("word")->string);
  }
  CHECK(why.find("words")->items.size() == 14);
  CHECK(std::abs(sum - (why.find("logit")->number - why.find("empty_logit")->number)) < 1e-4);
  CHECK(run(command).out == got.out);
}

TEST_CASE("explain marks words in a page of its own, markup in the text escaped") {
  const outcome got = run({"explain", "--output-format", "html", "<script>alert(1)</script> a wonderful film"});
  CHECK(got.status == 0);
  CHECK(got.out.starts_with("<!DOCTYPE html>"));
  CHECK(got.out.find("<script") == std::string::npos);
  CHECK(got.out.find("&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
  CHECK(got.out.find("<mark class=\"for l4\"") != std::string::npos);
  CHECK(got.out.ends_with("</html>\n"));
}

TEST_CASE("explain takes a label by name, and refuses one that is none") {
  CHECK(run({"explain", "--label", "POSITIVE", "awful"}).out.starts_with("POSITIVE\t0.0"));
  const outcome got = run({"explain", "--label", "GOOD", "awful"});
  CHECK(got.status == 2);
  CHECK(got.err == "distilbert: --label: expected one of the model's labels, found GOOD\n");
}

TEST_CASE("text in HTML has no markup, no control characters and no turns of direction") {
  CHECK(tool::html_text("<a href=\"x\" title='y'>&</a>") ==
        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
  const std::string unknown = "\xEF\xBF\xBD";
  CHECK(tool::html_text(std::string("a\0b\x1b[1m\xFF", 8)) == "a" + unknown + "b" + unknown + "[1m" + unknown);
  CHECK(tool::html_text("\xE2\x80\xAE") == unknown);
  CHECK(tool::html_text("one\ntwo\tthree") == "one\ntwo\tthree");
}
