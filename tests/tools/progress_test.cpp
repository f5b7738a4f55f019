#include "progress.hpp"

#include <doctest/doctest.h>

TEST_CASE("the bar shows the share of the file that is read") {
  CHECK(tool::progress_line(500, 0, 1000, 2) == "[..............................]   0 %  500 texts, 250 a second");
  CHECK(tool::progress_line(500, 500, 1000, 2) == "[###############...............]  50 %  500 texts, 250 a second");
  CHECK(tool::progress_line(9, 1000, 1000, 3) == "[##############################] 100 %  9 texts, 3 a second");
}

TEST_CASE("a file that grows meanwhile is no more than whole") {
  CHECK(tool::progress_line(9, 2000, 1000, 3) == "[##############################] 100 %  9 texts, 3 a second");
}

TEST_CASE("without a size there is no bar") { CHECK(tool::progress_line(9, 2000, 0, 3) == "9 texts, 3 a second"); }
