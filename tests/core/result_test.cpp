#include "distilbert/core/result.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

using distilbert::errc;
using distilbert::error;
using distilbert::result;

TEST_CASE("a result holds the value that it was made from") {
  const result<int> r = 7;
  CHECK(r.has_value());
  CHECK(r.value() == 7);
  CHECK(*r == 7);
}

TEST_CASE("a result holds the error that it was made from") {
  const result<int> r = error{errc::missing_field, "config.json: no dim"};
  CHECK_FALSE(r.has_value());
  CHECK(r.error().code == errc::missing_field);
  CHECK(r.error().message == "config.json: no dim");
}

TEST_CASE("value_or gives the fallback after a failure only") {
  CHECK(result<int>(7).value_or(1) == 7);
  CHECK(result<int>(error{errc::io_error, ""}).value_or(1) == 1);
}

TEST_CASE("a result hands out a move-only value") {
  result<std::unique_ptr<int>> r = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(r).value();
  CHECK(*taken == 3);
}

TEST_CASE("a result without a value is a success or an error") {
  CHECK(result<void>().has_value());
  const result<void> failed = error{errc::io_error, "disk"};
  CHECK_FALSE(failed.has_value());
  CHECK(failed.error().message == "disk");
}

TEST_CASE("every errc has a name of its own") {
  for (int code = 1; code <= static_cast<int>(errc::not_finite); ++code) {
    const auto name = distilbert::to_string(static_cast<errc>(code));
    CHECK(name != "unknown");
    for (int other = 1; other < code; ++other) CHECK(name != distilbert::to_string(static_cast<errc>(other)));
  }
}

#if DISTILBERT_EXCEPTIONS
TEST_CASE("value throws the error's message and code") {
  const result<int> r = error{errc::io_error, "disk"};
  CHECK_THROWS_WITH_AS((void)r.value(), "disk", distilbert::result_error);
  try {
    (void)r.value();
  } catch (const distilbert::result_error& e) {
    CHECK(e.code() == errc::io_error);
  }
}
#endif
