#include "distilbert/text/double_array.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "distilbert/text/wordpiece.hpp"

using namespace distilbert;

namespace {

double_array::match longest(const double_array& trie, std::string_view text) {
  static constexpr byte_map identity = identity_map();
  return trie.longest(trie.root(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), identity.data());
}

}  // namespace

TEST_CASE("random strings are found, and nothing else, as in a std::map") {
  std::mt19937 random(1);
  std::map<std::string, std::int32_t> expected;
  while (expected.size() < 20000) {
    std::string key(1 + random() % 12, ' ');
    // Few letters make deep shared prefixes, all bytes make wide nodes.
    for (char& c : key) c = static_cast<char>(random() % 2 == 0 ? 'a' + random() % 3 : random());
    expected.emplace(key, static_cast<std::int32_t>(expected.size()));
  }
  std::vector<double_array::entry> entries;
  for (const auto& [key, value] : expected) entries.push_back({key, value});
  double_array trie;
  REQUIRE(!trie.build(entries));
  int wrong = 0;
  for (const auto& [key, value] : expected) {
    wrong += trie.find(key) != value;
    std::string text = key;
    text += static_cast<char>(random());
    text += key;
    // The longest key that is a prefix of the text.
    std::size_t length = text.size();
    while (expected.count(text.substr(0, length)) == 0) --length;
    const auto found = longest(trie, text);
    wrong += found.length != length || found.value != expected.at(text.substr(0, length));
    text[0] = static_cast<char>(random());
    const auto place = expected.find(text);
    wrong += trie.find(text) != (place == expected.end() ? -1 : place->second);
  }
  CHECK(wrong == 0);
}

TEST_CASE("an empty trie finds nothing") {
  double_array trie;
  CHECK(trie.find("a") == -1);
  CHECK(trie.find("") == -1);
  CHECK(!longest(trie, std::string_view("\0a", 2)));
  REQUIRE(!trie.build({}));
  CHECK(!longest(trie, "a"));
}

TEST_CASE("the same string twice is named") {
  std::vector<double_array::entry> entries = {{"b", 0}, {"a", 1}, {"b", 2}};
  double_array trie;
  const auto failure = trie.build(entries);
  REQUIRE(failure);
  CHECK(failure->duplicate);
  CHECK(failure->first == 0);
  CHECK(failure->second == 2);
}

TEST_CASE("strings that hold the byte 0 are told apart") {
  using namespace std::string_view_literals;
  std::vector<double_array::entry> entries = {{"a"sv, 0}, {"a\0"sv, 1}, {"\0"sv, 2}, {"a\0\0"sv, 3}};
  double_array trie;
  REQUIRE(!trie.build(entries));
  CHECK(trie.find("a"sv) == 0);
  CHECK(trie.find("a\0"sv) == 1);
  CHECK(trie.find("\0"sv) == 2);
  CHECK(longest(trie, "a\0\0\0"sv).value == 3);
}
