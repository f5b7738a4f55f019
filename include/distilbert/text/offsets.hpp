#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "distilbert/text/encoding.hpp"
#include "distilbert/text/utf8.hpp"

namespace distilbert::detail {

/// A place in a text, counted in bytes and in the unit asked for.
struct text_cursor {
  std::size_t byte = 0, units = 0;

  /// Moves on to `target` >= byte, where a scalar begins or the text ends.
  void advance(std::string_view text, std::size_t target, offset_unit unit) noexcept {
    while (byte < target) {
      const utf8::decoded d = utf8::decode(text, byte);
      byte += d.length;
      units += unit == offset_unit::utf16 && d.scalar >= 0x10000 ? 2U : 1U;
    }
  }
};

/// Turns byte offsets into another unit, in place. Tokens are in the order of the text: one pass over it.
inline void convert_offsets(std::string_view text, offset_unit unit, std::span<token_offsets> offsets) noexcept {
  if (unit == offset_unit::byte) return;
  text_cursor begin, end;
  token_offsets last_bytes{0, 0}, last{0, 0};
  for (token_offsets& o : offsets) {
    if (o == last_bytes) {
      o = last;  // the pieces of one scalar share its place
      continue;
    }
    last_bytes = o;
    if (o.begin >= end.byte)
      begin = end;
    else if (o.begin < begin.byte)
      begin = {};
    begin.advance(text, o.begin, unit);
    end = begin;
    end.advance(text, o.end, unit);
    o = last = {begin.units, end.units};
  }
}

}  // namespace distilbert::detail
