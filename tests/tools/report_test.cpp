#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/io/manifest.hpp"
#include "program.hpp"

namespace {

using strings = std::vector<std::string>;

// The page about these rows.
std::string report(const std::string& rows, strings options, const std::string& format = "csv") {
  const temporary_directory directory;
  const std::string page = (directory.path() / "report.html").string();
  options.insert(options.begin(), {"report", "--input", "-", "--format", format, "--output", page});
  const outcome got = run(options, rows);
  CHECK(got.err == "");
  REQUIRE(got.status == 0);
  return contents(page);
}

bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

const std::string reviews =
    "text,shop,date,truth\nWonderful!,North,2026-01-02,POSITIVE\nAwful.,North,2026-01-03,NEGATIVE\n"
    "A joy.,South,2026-02-01,NEGATIVE\n\"Good, <b>really</b>\",,soon,1\n";

}  // namespace

TEST_CASE("a report counts labels, groups, times and warnings") {
  const std::string page =
      report(reviews, {"--group-by", "shop", "--time", "date", "--label-column", "truth", "--title", "My & shops"});
  CHECK(has(page, "<title>My &amp; shops</title>"));
  CHECK(has(page, "4 texts of standard input, labelled by the model sst2-mini"));
  CHECK(has(page, "<td class=\"n\">3</td><td class=\"n\">75.0\xC2\xA0%</td>"));
  CHECK(has(page, "<th scope=\"row\">North</th>"));
  CHECK(has(page, "<th scope=\"row\">(none)</th>"));
  CHECK(has(page, "1 texts have no readable date"));
  CHECK(has(page, "<th scope=\"row\">2026-01-02</th>"));
  CHECK(has(page, "best label is right for 75.0\xC2\xA0%"));
  CHECK(has(page, "<th scope=\"row\">NEGATIVE</th><td class=\"n\">1</td><td class=\"n\">1</td>"));
  CHECK(has(page, "&lt;b&gt;"));
  CHECK(!has(page, "<b>really"));
  CHECK(has(page, "How to read this, and what not to conclude"));
}

TEST_CASE("a report leaves out what it was not asked for") {
  const std::string page = report("Fine.\nDull.\n", {}, "text");
  CHECK(!has(page, "Trend"));
  CHECK(!has(page, "Confusion"));
  CHECK(!has(page, "no label"));
  CHECK(has(report("Fine.\n", {"--neutral", "0..1"}, "text"), "<th scope=\"row\">no label</th>"));
}

TEST_CASE("groups and times are also fields of jsonl, and may be numbers or missing") {
  const std::string page =
      report("{\"text\":\"Fine.\",\"stars\":5}\n{\"text\":\"Dull.\"}\n", {"--group-by", "stars"}, "jsonl");
  CHECK(has(page, "<th scope=\"row\">5</th>"));
  CHECK(has(page, "<th scope=\"row\">(none)</th>"));
}

TEST_CASE("a report of no texts is a page too") {
  const std::string page = report("", {}, "text");
  CHECK(has(page, "0 texts of standard input"));
  CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("a report names the model's files by their SHA-256") {
  const std::string page = report("Fine.\n", {}, "text");
  const auto hash =
      distilbert::manifest::hash_of(std::filesystem::path(model("sst2-mini")) / "model.safetensors").value();
  CHECK(has(page, "SHA-256 of model.safetensors</th><td><code>" + hash + "</code>"));
}

TEST_CASE("a report that cannot be made says why") {
  const auto fault = [](strings options) {
    options.insert(options.begin(), {"report", "--input", "-", "--format", "csv"});
    const outcome got = run(options, reviews);
    CHECK(got.status != 0);
    return got.err;
  };
  CHECK(fault({"--output", "/nowhere/r.html"}) == "distilbert: /nowhere/r.html: cannot be written\n");
  CHECK(fault({"--output", "/dev/null", "--group-by", "town"}).find("expected a column or field \"town\"") !=
        std::string::npos);
  CHECK(fault({}).find("--output is required") != std::string::npos);
  CHECK(fault({"--output", "/dev/null", "--model", model("tiny-regression")}).find("labels exclude each other") !=
        std::string::npos);
}

TEST_CASE("the examples in the help of explain, calibrate, compare and report run as they stand") {
  const temporary_directory directory;
  directory.write("reviews.csv", "text,product,date\nWonderful!,Lamp,2026-01-02\nAwful.,Chair,2026-01-03\n");
  directory.write("labelled.tsv", contents(dev_set));
  std::filesystem::create_directory(directory.path() / "models");
  for (const char* name : {"models/sst2-mini", "other"})
    std::filesystem::create_directory_symlink(model("sst2-mini"), directory.path() / name);
  for (const char* command : {"explain", "calibrate", "compare", "report"}) {
    const std::string help = run({command, "--help"}).out;
    const std::string mark = "Example: ";
    const std::size_t begin = help.find(mark);
    REQUIRE(begin != std::string::npos);
    const std::string example = help.substr(begin + mark.size(), help.find('\n', begin) - begin - mark.size());
    CAPTURE(example);
    const outcome got = run_shell("cd " + shell_quoted(directory.path().string()) + " && " + example);
    CHECK(got.status == 0);
    CHECK(got.err.empty());
  }
  CHECK(std::filesystem::exists(directory.path() / "report.html"));
  CHECK(std::filesystem::exists(directory.path() / "calibration.json"));
}
