#include "distilbert/text/pre_tokenizer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/tokenizer.hpp"

using namespace distilbert;

TEST_CASE("white space separates words, punctuation is a word of its own") {
  CHECK(tokens_of(uncased_tokenizer(), "Hey friend!     How are you?!?") ==
        std::vector<std::string>{"hey", "friend", "!", "how", "are", "you", "?", "!", "?"});
}

TEST_CASE("line ends, no-break and wide spaces separate words as well") {
  CHECK(tokens_of(uncased_tokenizer(), "a\tb\nc\rd\u00a0e\u3000f\u2028g") ==
        std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g"});
}

TEST_CASE("what clean_text drops does not separate words") {
  CHECK(tokens_of(uncased_tokenizer(), "he\u00adl\x01l\u200bo") == std::vector<std::string>{"hello"});
}

TEST_CASE("punctuation beyond ASCII is a word of its own") {
  CHECK(tokens_of(uncased_tokenizer(), "\u00abhello\u00bb\u3002") ==
        std::vector<std::string>{"\u00ab", "hello", "\u00bb", "\u3002"});
}

TEST_CASE("the table of bytes agrees with normalisation and classification of every ASCII character") {
  for (const bool clean : {false, true}) {
    for (const bool lowercase : {false, true}) {
      const normalizer_options options{clean, true, lowercase, lowercase};
      const byte_classes bytes(options);
      for (std::size_t byte = 0; byte < 128; ++byte) {
        CAPTURE(byte);
        const char c = static_cast<char>(byte);
        const std::string normal = detail::normalize({&c, 1}, options);
        if (normal.empty()) {
          CHECK(bytes.classes[byte] == byte_classes::removed);
        } else {
          const char_class k = classify(static_cast<unsigned char>(normal[0]));
          CHECK(bytes.classes[byte] == (k == char_class::space         ? byte_classes::space
                                        : k == char_class::punctuation ? byte_classes::punctuation
                                                                       : byte_classes::word));
        }
      }
      for (std::size_t byte = 128; byte < 256; ++byte) CHECK(bytes.classes[byte] == byte_classes::other);
    }
  }
}
