#include "arguments.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

// What CLI11 would be given, first argument first, hidden ones marked by ~.
std::vector<std::string> seen(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "distilbert");
  auto hidden = tool::hidden_arguments(static_cast<int>(arguments.size()), arguments.data());
  std::reverse(hidden.begin(), hidden.end());
  for (std::string& argument : hidden) std::replace(argument.begin(), argument.end(), tool::argument_mark, '~');
  return hidden;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("options and the subcommand's name stay as they are") {
  CHECK(seen({"--version"}) == strings{"--version"});
  CHECK(seen({"classify", "--logits", "-k", "--model=x"}) == strings{"classify", "--logits", "-k", "--model=x"});
}

TEST_CASE("a text is hidden whatever it looks like") {
  CHECK(seen({"classify", "[MASK]", "eval", "++", ""}) == strings{"classify", "~[MASK]", "~eval", "~++", "~"});
  CHECK(seen({"classify", "-"}) == strings{"classify", "~-"});
}

TEST_CASE("after two hyphens nothing is an option") {
  CHECK(seen({"classify", "--", "--logits", "--", "-x"}) == strings{"classify", "~--logits", "~--", "~-x"});
}

TEST_CASE("a hidden argument is shown as it was given") {
  CHECK(tool::shown_argument(std::string(1, tool::argument_mark) + "[MASK]") == "[MASK]");
  CHECK(tool::shown_argument("plain") == "plain");
  CHECK(tool::shown_argument("").empty());
}
