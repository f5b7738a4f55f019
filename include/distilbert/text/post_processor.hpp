#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "distilbert/text/encoding.hpp"

namespace distilbert {

/// The special tokens put around a text: [CLS] before and [SEP] after it, as a rule.
struct post_processor {
  std::vector<std::int32_t> before;  ///< ids put before a text
  std::vector<std::int32_t> after;   ///< and after it

  /// How many of a text's own tokens fit when `max_length` counts all of them.
  std::size_t room(const encode_options& options) const noexcept {
    if (options.max_length == unlimited || !options.add_special_tokens) return options.max_length;
    return options.max_length - std::min(options.max_length, before.size() + after.size());
  }

  /// Puts what stands before a text.
  void begin(const encode_options& options, encoding& out) const {
    if (options.add_special_tokens) put(before, options, out);
  }
  /// Puts what stands after it.
  void end(const encode_options& options, encoding& out) const {
    if (options.add_special_tokens) put(after, options, out);
  }

 private:
  // A max_length below the number of special tokens cuts these as well.
  static void put(const std::vector<std::int32_t>& ids, const encode_options& options, encoding& out) {
    for (const std::int32_t id : ids) {
      if (out.ids.size() >= options.max_length) {
        out.truncated = true;
        return;
      }
      out.ids.push_back(id);
      if (options.offsets) out.offsets.push_back({0, 0});
    }
  }
};

}  // namespace distilbert
