#include "progress.hpp"

#include <doctest/doctest.h>

TEST_CASE("the bar shows the share of the input that is read, the rate, and the time left") {
  CHECK(tool::progress_line({500, 0, 0, 1000, 2}) == "[..............................]   0 %  500 texts, 250 a second");
  CHECK(tool::progress_line({500, 0, 400, 1000, 2}) ==
        "[############..................]  40 %  500 texts, 250 a second, 3 s left");
  CHECK(tool::progress_line({9, 0, 1000, 1000, 3}) == "[##############################] 100 %  9 texts, 3 a second");
}

TEST_CASE("what was read before a run that goes on does not count for the time left") {
  CHECK(tool::progress_line({500, 500, 750, 1000, 10}) ==
        "[######################........]  75 %  500 texts, 50 a second, 10 s left");
}

TEST_CASE("a file that grows meanwhile is no more than whole") {
  CHECK(tool::progress_line({9, 0, 2000, 1000, 3}) == "[##############################] 100 %  9 texts, 3 a second");
}

TEST_CASE("without a size there is no bar") { CHECK(tool::progress_line({9, 0, 2000, 0, 3}) == "9 texts, 3 a second"); }

TEST_CASE("times are told in the two units that matter, rounded up") {
  CHECK(tool::duration(0) == "0 s");
  CHECK(tool::duration(59.01) == "1 min 0 s");
  CHECK(tool::duration(200) == "3 min 20 s");
  CHECK(tool::duration(7500) == "2 h 5 min");
}
