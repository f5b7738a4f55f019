#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace distilbert {

/// Texts laid end to end without padding: text t has the tokens ids[starts[t]] .. ids[starts[t + 1] - 1].
struct ragged_batch {
  std::span<const std::int32_t> ids;    ///< of all texts
  std::span<const std::size_t> starts;  ///< one more than there are texts; starts[0] may be anything

  /// How many texts.
  std::size_t texts() const noexcept { return starts.size() - 1; }
  /// Tokens of all texts.
  std::size_t tokens() const noexcept { return starts.back() - starts.front(); }
  /// Tokens of text t.
  std::size_t length(std::size_t t) const noexcept { return starts[t + 1] - starts[t]; }
  /// Row of text t's first token among the batch's tokens().
  std::size_t row(std::size_t t) const noexcept { return starts[t] - starts.front(); }
  /// The ids of text t.
  const std::int32_t* text(std::size_t t) const noexcept { return ids.data() + starts[t]; }
  /// Texts begin..begin+count-1.
  ragged_batch slice(std::size_t begin, std::size_t count) const noexcept {
    return {ids, starts.subspan(begin, count + 1)};
  }
};

}  // namespace distilbert
