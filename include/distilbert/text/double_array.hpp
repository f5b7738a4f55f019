#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace distilbert {

/// An immutable set of byte strings with a number each, built to find the longest one that a text begins with.
///
/// A double-array trie: the child of a node by a byte is the cell at `base ^ byte`, if that cell carries this byte.
/// No two nodes share a base, so the label alone proves whose child a cell is: one 32-bit load for each byte of text.
class double_array {
 public:
  /// A place in the trie, reached by descend(). The root is the default.
  using state = std::uint32_t;

  struct match {
    std::int32_t value = -1;  ///< the number of the string found; -1 when there is none
    std::size_t length = 0;   ///< its bytes
    explicit operator bool() const noexcept { return value >= 0; }
  };

  struct entry {
    std::string_view key;
    std::int32_t value;  ///< >= 0
  };

  /// Why build() stopped: two equal keys (their values), or more nodes than cells can name.
  struct failure {
    bool duplicate;
    std::int32_t first, second;
  };

  double_array() { cells_.assign(block, unused), values_.assign(block, -1); }

  /// Builds from keys in any order; the empty key is left out. `entries` is sorted in place.
  std::optional<failure> build(std::span<entry> entries);

  state root() const noexcept { return root_; }

  /// The state after `key` from `from`; nullopt when no string goes that way.
  std::optional<state> descend(state from, std::string_view key) const noexcept {
    for (const char c : key) {
      const cell x = cells_[from ^ static_cast<unsigned char>(c)];
      if ((x & label_mask) != static_cast<unsigned char>(c)) return std::nullopt;
      from = x >> base_shift;
    }
    return from;
  }

  /// The longest string, continuing from `from`, that data[0..size) begins with. Each byte is first mapped by `map`.
  match longest(state from, const unsigned char* data, std::size_t size, const unsigned char* map) const noexcept {
    std::uint32_t last = 0;
    match found;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint32_t byte = map[data[i]], position = from ^ byte;
      const cell x = cells_[position];
      if ((x & label_mask) != byte) break;
      from = x >> base_shift;
      if ((x & accept_bit) != 0) last = position, found.length = i + 1;
    }
    if (found.length != 0) found.value = values_[last];
    return found;
  }

  /// The number of exactly this string, continuing from `from`; -1 when it is not in the set.
  std::int32_t find(state from, std::string_view key) const noexcept {
    if (key.empty()) return -1;
    const auto parent = descend(from, key.substr(0, key.size() - 1));
    if (!parent) return -1;
    const auto byte = static_cast<unsigned char>(key.back());
    const cell x = cells_[*parent ^ byte];
    return (x & (label_mask | accept_bit)) == (byte | accept_bit) ? values_[*parent ^ byte] : -1;
  }
  std::int32_t find(std::string_view key) const noexcept { return find(root_, key); }

 private:
  // label: bits 0-8, one more than a byte so that unused cells match none; accept: bit 9; base: the rest.
  using cell = std::uint32_t;
  static constexpr cell label_mask = 0x1FF, accept_bit = 0x200, unused = 0x100;
  static constexpr unsigned base_shift = 10;
  static constexpr std::uint32_t block = 256, most_cells = 1U << 22;
  // Cells are looked for in the newest blocks only: older ones are nearly full, and searching them takes the time.
  static constexpr std::uint32_t open_blocks = 16;

  class builder;

  std::vector<cell> cells_;
  std::vector<std::int32_t> values_;  // by cell, for accepting ones
  state root_ = 0;
};

// Depth first over the sorted keys: all keys that share a prefix are neighbours.
class double_array::builder {
 public:
  builder(double_array& out, std::span<const entry> keys) : out_(out), keys_(keys) {
    out_.cells_.clear();
    out_.values_.clear();
    grow();
    base_used_[0] = 1;  // base 0 marks nodes without children: no cell may answer to it
  }

  bool run() {
    struct node {
      std::size_t first, last, depth;
      std::uint32_t parent_cell;
    };
    std::vector<node> open{{0, keys_.size(), 0, no_cell}};
    while (!open.empty()) {
      const node n = open.back();
      open.pop_back();
      std::size_t first = n.first;
      if (keys_[first].key.size() == n.depth && n.depth > 0) ++first;  // the key that ends here
      if (first == n.last) continue;
      labels_.clear();
      starts_.clear();
      for (std::size_t i = first; i < n.last; ++i) {
        const auto label = static_cast<unsigned char>(keys_[i].key[n.depth]);
        if (labels_.empty() || labels_.back() != label) labels_.push_back(label), starts_.push_back(i);
      }
      starts_.push_back(n.last);
      const auto base = place();
      if (!base) return false;
      if (n.parent_cell == no_cell)
        out_.root_ = *base;
      else
        out_.cells_[n.parent_cell] |= *base << base_shift;
      for (std::size_t c = labels_.size(); c-- > 0;) {
        const std::uint32_t at = *base ^ labels_[c];
        take(at);
        const entry& key = keys_[starts_[c]];
        const bool accepts = key.key.size() == n.depth + 1;
        out_.cells_[at] = labels_[c] | (accepts ? accept_bit : 0U);
        if (accepts) out_.values_[at] = key.value;
        open.push_back({starts_[c], starts_[c + 1], n.depth + 1, at});
      }
    }
    return true;
  }

 private:
  static constexpr std::uint32_t no_cell = ~std::uint32_t{0};

  // A base, used by no other node, whose cells for all labels_ are free.
  std::optional<std::uint32_t> place() {
    for (;;) {
      for (std::uint32_t at = next_free_[head]; at != head; at = next_free_[at]) {
        const std::uint32_t base = (at - 1) ^ labels_[0];
        if (base_used_[base] != 0) continue;
        bool fits = true;
        for (std::size_t i = 1; fits && i < labels_.size(); ++i) fits = out_.cells_[base ^ labels_[i]] == unused;
        if (!fits) continue;
        base_used_[base] = 1;
        return base;
      }
      if (out_.cells_.size() >= most_cells) return std::nullopt;
      grow();
    }
  }

  // The free cells form a ring through `head`; the links of cell i are at i + 1.
  void grow() {
    const auto begin = static_cast<std::uint32_t>(out_.cells_.size()), end = begin + block;
    out_.cells_.resize(end, unused);
    out_.values_.resize(end, -1);
    base_used_.resize(end, 0);
    next_free_.resize(end + 1, head);
    previous_free_.resize(end + 1, head);
    for (std::uint32_t at = begin + 1; at <= end; ++at) link(previous_free_[head], at);
    if (begin >= open_blocks * block) {
      const std::uint32_t closed = begin - open_blocks * block;
      for (std::uint32_t i = closed; i < closed + block; ++i)
        if (out_.cells_[i] == unused) take(i);
    }
  }
  void link(std::uint32_t after, std::uint32_t at) {
    next_free_[at] = head, previous_free_[at] = after;
    next_free_[after] = at, previous_free_[head] = at;
  }
  void take(std::uint32_t cell_index) {
    const std::uint32_t at = cell_index + 1;
    next_free_[previous_free_[at]] = next_free_[at];
    previous_free_[next_free_[at]] = previous_free_[at];
  }

  static constexpr std::uint32_t head = 0;
  double_array& out_;
  std::span<const entry> keys_;
  std::vector<std::uint32_t> labels_;
  std::vector<std::size_t> starts_;
  std::vector<std::uint32_t> next_free_, previous_free_;
  std::vector<std::uint8_t> base_used_;
};

inline std::optional<double_array::failure> double_array::build(std::span<entry> entries) {
  // Sorting by the first eight bytes as one number settles most comparisons.
  struct sortable {
    std::uint64_t head;
    entry item;
  };
  std::vector<sortable> order;
  order.reserve(entries.size());
  for (const entry& e : entries) {
    if (e.key.empty()) continue;
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < 8; ++i)
      head = head << 8 | (i < e.key.size() ? static_cast<unsigned char>(e.key[i]) : 0);
    order.push_back({head, e});
  }
  std::sort(order.begin(), order.end(), [](const sortable& a, const sortable& b) {
    if (a.head != b.head) return a.head < b.head;
    const int keys = a.item.key.compare(b.item.key);
    return keys != 0 ? keys < 0 : a.item.value < b.item.value;
  });
  for (std::size_t i = 0; i < order.size(); ++i) entries[i] = order[i].item;
  entries = entries.first(order.size());
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i - 1].key == entries[i].key) return failure{true, entries[i - 1].value, entries[i].value};
  *this = {};
  if (entries.empty()) return std::nullopt;
  if (!builder(*this, entries).run()) return failure{false, 0, 0};
  return std::nullopt;
}

}  // namespace distilbert
