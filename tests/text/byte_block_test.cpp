#include "distilbert/text/byte_block.hpp"

#include <doctest/doctest.h>

#include "support/guarded.hpp"

using namespace distilbert;
using namespace distilbert::detail;

TEST_CASE("a block holds the bytes that are there, and none is read beyond them") {
  for (std::size_t size = 0; size <= 16; ++size) {
    guarded<char> bytes(size);
    byte_block expected = 0;
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<char>(0xF1 + i);
      if (i < 8) expected |= byte_block{0xF1 + i} << i * 8;
    }
    CAPTURE(size);
    CHECK(load_block(bytes.data(), size) == expected);
  }
}

TEST_CASE("the first bytes of a block") {
  CHECK(first_bytes(0x8877665544332211, 1) == 0x11);
  CHECK(first_bytes(0x8877665544332211, 7) == 0x77665544332211);
  CHECK(first_bytes(0x8877665544332211, 8) == 0x8877665544332211);
}

TEST_CASE("letters and digits are told in every place of a block, whatever surrounds them") {
  int wrong = 0;
  for (const unsigned around : {0x00U, 0x41U, 0x7FU, 0x80U, 0xFFU})
    for (unsigned byte = 0; byte < 256; ++byte)
      for (unsigned place = 0; place < 8; ++place) {
        const byte_block here = byte_block{0xFF} << place * 8;
        const byte_block block = (all_bytes(static_cast<unsigned char>(around)) & ~here) | byte_block{byte}
                                                                                               << place * 8;
        const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        const bool digit = byte >= '0' && byte <= '9';
        const ascii_word_bits bits = find_ascii_words(block);
        const byte_block top = byte_block{0x80} << place * 8;
        wrong += (bits.letters & here) != (letter ? top : 0);
        wrong += (bits.alphanumeric & here) != (letter || digit ? top : 0);
      }
  CHECK(wrong == 0);
}

TEST_CASE("leading bytes are counted up to the first without its bit") {
  CHECK(leading_bytes(0) == 0);
  CHECK(leading_bytes(0x80) == 1);
  CHECK(leading_bytes(0x8000808080808080) == 6);
  CHECK(leading_bytes(0x0080808080808080) == 7);
  CHECK(leading_bytes(all_bytes(0x80)) == 8);
}
