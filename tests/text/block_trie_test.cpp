#include "distilbert/text/block_trie.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

using namespace distilbert;
using namespace std::string_view_literals;

namespace {

using string_map = std::map<std::string, std::int32_t>;

// The longest key that the text begins with.
block_trie::match longest_by_map(const string_map& keys, std::string_view text) {
  for (std::size_t length = text.size(); length > 0; --length)
    if (const auto place = keys.find(std::string(text.substr(0, length))); place != keys.end())
      return {place->second, length};
  return {};
}

// Few letters make deep shared prefixes, all bytes make wide nodes.
std::string random_key(std::mt19937& random, std::size_t longest) {
  std::string key(1 + random() % longest, ' ');
  for (char& c : key) c = static_cast<char>(random() % 8 != 0 ? 'a' + random() % 2 : random());
  return key;
}

int differences(const string_map& keys, std::size_t longest, std::mt19937& random) {
  block_trie trie;
  for (const auto& [key, value] : keys) trie.add(key, value);
  int wrong = 0;
  for (const auto& [key, value] : keys) {
    wrong += trie.find(key) != value;
    for (std::string text : {key + random_key(random, longest), random_key(random, longest * 2)}) {
      const auto expected = longest_by_map(keys, text);
      const auto found = trie.longest(text);
      wrong += found.length != expected.length || found.value != expected.value;
      wrong += trie.find(text) != (expected.length == text.size() ? expected.value : -1);
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("random strings are found, and nothing else, as in a std::map") {
  std::mt19937 random(1);
  for (const std::size_t longest : {3, 8, 9, 12, 17, 40}) {
    string_map keys;
    for (int i = 0; i < 10000; ++i) keys.emplace(random_key(random, longest), i);
    CAPTURE(longest);
    CHECK(differences(keys, longest, random) == 0);
  }
}

TEST_CASE("a string is found where only a longer one shares its blocks") {
  block_trie trie;
  trie.add("abcdefgh", 0);
  trie.add("abcdefghijklmnopqrs", 1);
  trie.add("ab", 2);
  CHECK(trie.longest("abcdefghijklmnopqrstu").value == 1);
  CHECK(trie.longest("abcdefghijklmnopqr").value == 0);
  CHECK(trie.longest("abcdefghijklmnopqr").length == 8);
  CHECK(trie.longest("abcdefgX").value == 2);
  CHECK(trie.find("abcdefghijklmnop") == -1);
}

TEST_CASE("what lies beyond the text does not matter") {
  block_trie trie;
  trie.add("abc", 0);
  trie.add("abcdef", 1);
  const auto load = [](std::size_t i) { return detail::load_block("abcdefghijklmnop" + i, 8); };
  CHECK(trie.longest(5, load).length == 3);
  CHECK(trie.longest(6, load).length == 6);
  CHECK(trie.find(5, load) == -1);
  CHECK(trie.find(6, load) == 1);
}

TEST_CASE("an empty trie finds nothing, and nothing is empty") {
  block_trie trie;
  CHECK(trie.find("a") == -1);
  CHECK(trie.find("") == -1);
  CHECK(!trie.longest("\0a"sv));
  CHECK(trie.add("", 7) == 7);
  CHECK(trie.find("") == -1);
  CHECK(!trie.longest(""));
}

TEST_CASE("the same string twice keeps its first number") {
  block_trie trie;
  for (const std::string_view key : {"a"sv, "abcdefgh"sv, "abcdefghi"sv}) {
    CHECK(trie.add(key, 1) == 1);
    CHECK(trie.add(key, 2) == 1);
    CHECK(trie.find(key) == 1);
  }
}

TEST_CASE("strings that hold the byte 0 are told apart") {
  block_trie trie;
  trie.add("a"sv, 0), trie.add("a\0"sv, 1), trie.add("\0"sv, 2), trie.add("a\0\0"sv, 3),
      trie.add("\0\0\0\0\0\0\0\0\0"sv, 4);
  CHECK(trie.find("a"sv) == 0);
  CHECK(trie.find("a\0"sv) == 1);
  CHECK(trie.find("\0"sv) == 2);
  CHECK(trie.longest("a\0\0\0"sv).value == 3);
  CHECK(trie.find("\0\0\0\0\0\0\0\0"sv) == -1);
  CHECK(trie.longest("\0\0\0\0\0\0\0\0\0\0"sv).length == 9);
}
