#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "distilbert/text/byte_block.hpp"

namespace distilbert {

/// A set of byte strings with a number each, built to find the longest one that a text begins with.
///
/// A trie whose edges are blocks of eight bytes, the last one of a string shorter. All edges lie in one hash table,
/// under the node that they leave and their bytes: most words of a language are one edge, found by one look-up whatever
/// their length, and adding a string takes no sorting. A bit for each hash tells nearly all lengths that have no string
/// at once, without a branch.
class block_trie {
 public:
  /// The longest key that was found.
  struct match {
    std::int32_t value = -1;  ///< the number of the string found; -1 when there is none
    std::size_t length = 0;   ///< its bytes
    /// Whether there was one.
    explicit operator bool() const noexcept { return value >= 0; }
  };

  /// Strings may have this many bytes in total.
  static constexpr std::size_t most_bytes = std::size_t{1} << 30;

  /// `expected`: how many strings to make room for.
  explicit block_trie(std::size_t expected = 0) { resize(std::bit_ceil(expected * 8 / 3 + 16)); }

  /// Adds a string with a number >= 0. Returns the number that it has: another than `value` when it was there before.
  /// The empty string is left out.
  std::int32_t add(std::string_view key, std::int32_t value) {
    if (key.empty()) return value;
    std::uint32_t node = root;
    for (; key.size() > detail::block_size; key.remove_prefix(detail::block_size)) {
      const auto next = static_cast<std::int32_t>(parents_.size());
      const std::int32_t child = insert(detail::load_block(key.data(), key.size()), node, inner, next);
      if (child == next) parents_.push_back(node);
      node = static_cast<std::uint32_t>(child);
    }
    return insert(detail::load_block(key.data(), key.size()), node, key.size(), value);
  }

  /// The number of exactly this string; -1 when it is not in the set.
  std::int32_t find(std::string_view key) const noexcept {
    return find(key.size(), [key](std::size_t i) { return detail::load_block(key.data() + i, key.size() - i); });
  }

  /// The same for a string of `size` bytes of which load(i) gives eight from the i-th on; what lies beyond the string
  /// may be anything.
  template <class Load>
  std::int32_t find(std::size_t size, Load load) const noexcept {
    if (size == 0) return -1;
    std::uint32_t node = root;
    std::size_t depth = 0;
    for (; size - depth > detail::block_size; depth += detail::block_size) {
      const std::int32_t next = find(load(depth), node, inner);
      if (next < 0) return -1;
      node = static_cast<std::uint32_t>(next);
    }
    return find(detail::first_bytes(load(depth), size - depth), node, size - depth);
  }

  /// The longest string that `text` begins with.
  match longest(std::string_view text) const noexcept {
    return longest(text.size(), [text](std::size_t i) { return detail::load_block(text.data() + i, text.size() - i); });
  }

  /// The same for a text that load() gives.
  template <class Load>
  match longest(std::size_t size, Load load) const noexcept {
    std::uint32_t node = root;
    std::size_t depth = 0;  // the bytes that lead to the node
    for (; size - depth > detail::block_size; depth += detail::block_size) {
      const std::int32_t next = find(load(depth), node, inner);
      if (next < 0) break;
      node = static_cast<std::uint32_t>(next);
    }
    for (; size > 0; node = parents_[node], depth -= detail::block_size) {
      const byte_block block = load(depth);
      for (unsigned sizes = possible_sizes(block, node, size - depth); sizes != 0;) {
        const auto length = static_cast<std::size_t>(std::bit_width(sizes));
        const std::int32_t value = find(detail::first_bytes(block, length), node, length);
        if (value >= 0) return {value, depth + length};
        sizes ^= 1U << (length - 1);
      }
      if (node == root) break;
    }
    return {};
  }

 private:
  // An edge. `key` holds the node that it leaves and its size, the latter so that bytes of 0 count.
  struct edge {
    byte_block block = 0;
    std::uint32_t key = 0;    // 0: no edge
    std::int32_t value = -1;  // of a string that ends here; the node that an inner edge leads to
  };
  static constexpr std::uint32_t root = 0;
  static constexpr std::size_t inner = 9;  // in place of the size: eight bytes, and more follow

  static std::uint32_t key_of(std::uint32_t node, std::size_t size) noexcept {
    return node << 4 | static_cast<std::uint32_t>(size);
  }
  // Its top bits depend on all bits of both; the factors are odd and without pattern.
  static std::uint64_t hash(byte_block block, std::uint32_t key) noexcept {
    return (block ^ key * std::uint64_t{0x9E3779B97F4A7C15}) * std::uint64_t{0xD6E8FEB86659FD93};
  }

  std::int32_t find(byte_block block, std::uint32_t node, std::size_t size) const noexcept {
    const std::uint32_t key = key_of(node, size);
    for (std::size_t i = static_cast<std::size_t>(hash(block, key) >> shift_);; i = (i + 1) & (edges_.size() - 1)) {
      const edge& e = edges_[i];
      if (e.key == key && e.block == block) return e.value;
      if (e.key == 0) return -1;
    }
  }

  // Bit n: there may be an edge of n + 1 bytes. Three bytes tell of those of three and four, five of longer ones;
  // nearly all of one and two are there.
  unsigned possible_sizes(byte_block block, std::uint32_t node, std::size_t size) const noexcept {
    const unsigned sizes =
        0x03U | (sizes_[sizes_place(block, node, 3)] & 0x0CU) | (sizes_[sizes_place(block, node, 5)] & 0xF0U);
    return size < detail::block_size ? sizes & ((1U << size) - 1) : sizes;
  }
  std::size_t sizes_place(byte_block block, std::uint32_t node, std::size_t prefix) const noexcept {
    return static_cast<std::size_t>(hash(detail::first_bytes(block, prefix), key_of(node, prefix)) >> (shift_ + 1));
  }

  // The value of an edge, which is made when it is missing.
  std::int32_t insert(byte_block block, std::uint32_t node, std::size_t size, std::int32_t value) {
    if (used_ * 2 >= edges_.size()) resize(edges_.size() * 2);
    const edge added{block, key_of(node, size), value};
    edge& place = place_of(added);
    if (place.key != 0) return place.value;
    put(place, added);
    ++used_;
    return value;
  }

  // Where an edge is, or belongs.
  edge& place_of(const edge& e) noexcept {
    auto i = static_cast<std::size_t>(hash(e.block, e.key) >> shift_);
    while (edges_[i].key != 0 && !(edges_[i].key == e.key && edges_[i].block == e.block))
      i = (i + 1) & (edges_.size() - 1);
    return edges_[i];
  }

  void put(edge& place, const edge& e) noexcept {
    place = e;
    const std::size_t size = e.key & 15;
    if (size < 3 || size > detail::block_size) return;
    sizes_[sizes_place(e.block, e.key >> 4, size < 5 ? 3 : 5)] |= static_cast<std::uint8_t>(1U << (size - 1));
  }

  void resize(std::size_t size) {
    std::vector<edge> old(size);
    old.swap(edges_);
    sizes_.assign(size / 2, 0);
    shift_ = 64 - std::countr_zero(size);
    for (const edge& e : old)
      if (e.key != 0) put(place_of(e), e);
  }

  std::vector<edge> edges_;          // a power of two of them, at most half of them used: a search ends soon
  std::vector<std::uint8_t> sizes_;  // by a hash of an edge's first bytes: which sizes there are
  std::size_t used_ = 0;
  int shift_ = 0;
  std::vector<std::uint32_t> parents_{root};  // by node
};

}  // namespace distilbert
