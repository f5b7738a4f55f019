#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace distilbert {

/// What offsets count.
enum class offset_unit {
  byte,        ///< bytes of the text as given
  code_point,  ///< scalar values; an ill-formed byte sequence counts as the U+FFFD that replaces it (Python's str)
  utf16,       ///< UTF-16 code units (JavaScript, Java, C#)
};

/// Where a token comes from, half open, in the original text. [0, 0] for the special tokens put around it.
struct token_offsets {
  std::size_t begin;                                                             ///< of its first unit
  std::size_t end;                                                               ///< past its last
  friend bool operator==(const token_offsets&, const token_offsets&) = default;  ///< Whether both are the same range.
};

/// as max_length: a text is given whole
inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// How one text is encoded. The defaults are those of the reference.
struct encode_options {
  std::size_t max_length = unlimited;    ///< most tokens to give, special tokens included; the first ones are kept
  bool add_special_tokens = true;        ///< [CLS] before the text, [SEP] after it
  bool split_special_tokens = false;     ///< true: "[SEP]" typed in the text is plain text, not the special token
  bool offsets = false;                  ///< fill encoding::offsets
  offset_unit unit = offset_unit::byte;  ///< what offsets count
};

namespace detail {

// A scalar after normalisation and the bytes of the text it stands for.
struct normalized_char {
  char32_t scalar;
  std::size_t begin, end;
};

// A mark that survives accent stripping and waits for its place in canonical order.
struct pending_mark {
  char32_t scalar;
  std::uint8_t combining_class;
  std::size_t order;   // of arrival
  std::size_t source;  // the mark of the run that it is aligned with, from 1; 0: the scalar before the run
};

// What encoding one text needs in between; kept so that the next text finds the memory.
struct encode_scratch {
  std::vector<char> word;                   // UTF-8 of the word being read, normalised
  std::vector<token_offsets> word_offsets;  // the same length; only when offsets are asked for
  std::vector<pending_mark> marks;
  std::vector<normalized_char> lookahead;  // only for added tokens that match normalised text
  std::vector<char> lookahead_utf8;        // its beginning
};

}  // namespace detail

/// The tokens of one text. Reuse the object: once it has grown, encoding allocates nothing.
struct encoding {
  std::vector<std::int32_t> ids;       ///< of the tokens, in order
  std::vector<token_offsets> offsets;  ///< one for each id when asked for, else empty
  bool truncated = false;              ///< max_length left some of the text's tokens out

  detail::encode_scratch scratch;  ///< not part of the result
};

}  // namespace distilbert
