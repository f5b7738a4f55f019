#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "distilbert/text/tokenizer.hpp"

namespace distilbert {

/// The special tokens that a tokenizer puts around a text's own: [CLS] before and [SEP] after it, as a rule.
struct token_frame {
  std::vector<std::int32_t> before;  ///< ids before a text's own
  std::vector<std::int32_t> after;   ///< and after them

  /// Read off the tokens of a text of one letter.
  [[gnu::cold]] static token_frame of(const tokenizer& tokens) {
    encoding out;
    tokens.encode("a", {.offsets = true}, out);
    token_frame frame;
    bool seen = false;
    for (std::size_t i = 0; i < out.ids.size(); ++i) {
      if (out.offsets[i].end != 0)
        seen = true;
      else
        (seen ? frame.after : frame.before).push_back(out.ids[i]);
    }
    return frame;
  }

  /// Special tokens, both sides.
  std::size_t size() const noexcept { return before.size() + after.size(); }

  /// Appends a text's own tokens, framed.
  void append(std::span<const std::int32_t> first, std::span<const std::int32_t> second,
              std::vector<std::int32_t>& ids) const {
    ids.insert(ids.end(), before.begin(), before.end());
    ids.insert(ids.end(), first.begin(), first.end());
    ids.insert(ids.end(), second.begin(), second.end());
    ids.insert(ids.end(), after.begin(), after.end());
  }
};

}  // namespace distilbert
