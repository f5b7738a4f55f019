#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "distilbert/text/encoding.hpp"
#include "distilbert/text/unicode.hpp"
#include "distilbert/text/utf8.hpp"

namespace distilbert {

/// The four steps of the reference's BertNormalizer, in this order.
struct normalizer_options {
  bool clean_text = true;            ///< drop control characters, make white space a space
  bool handle_chinese_chars = true;  ///< put spaces around CJK ideographs
  bool strip_accents = true;         ///< decompose canonically, drop nonspacing marks
  bool lowercase = true;             ///< the reference's do_lower_case
  /// Whether all options are equal.
  friend bool operator==(const normalizer_options&, const normalizer_options&) = default;
};

namespace detail {

/// Who takes the scalars of a normalised text. One type for all, since a normaliser for each would be slow to compile.
class normalized_sink {
 public:
  /// `owner` has accept(scalar, begin, end), which takes a scalar and the bytes that it comes from, and
  /// ends_at(position), which says whether the stretch being normalised ends there. It must outlive the sink.
  template <class Owner>
  explicit normalized_sink(Owner* owner) noexcept
      : owner_(owner),
        accept_([](void* self, char32_t scalar, std::size_t begin, std::size_t end) {
          static_cast<Owner*>(self)->accept(scalar, begin, end);
        }),
        ends_at_([](void* self, std::size_t position) { return static_cast<Owner*>(self)->ends_at(position); }) {}

  void accept(char32_t scalar, std::size_t begin, std::size_t end) const { accept_(owner_, scalar, begin, end); }
  bool ends_at(std::size_t position) const { return ends_at_(owner_, position); }

 private:
  void* owner_;
  void (*accept_)(void*, char32_t, std::size_t, std::size_t);
  bool (*ends_at_)(void*, std::size_t);
};

/// Normalises a text scalar by scalar, without holding more of it than the marks of one letter.
///
/// Source: tokenizers src/normalizers/bert.rs; the alignment of what canonical ordering has moved, and only of that,
/// follows the order after the move (src/tokenizer/normalizer.rs, transform_range).
class normalizing_reader {
 public:
  normalizing_reader(const normalizer_options& options, std::string_view text, std::vector<pending_mark>& marks,
                     std::size_t most_marks, normalized_sink sink)
      : options_(options), text_(text), marks_(marks), most_marks_(most_marks), sink_(sink) {}

  /// Normalises the scalar at `position`, and the marks that follow where their order matters.
  /// Returns the position after what was read.
  std::size_t read(std::size_t position) {
    const utf8::decoded d = utf8::decode(text_, position);
    const std::size_t end = position + d.length;
    const std::uint8_t flags = unicode::flags(d.scalar);
    if (options_.clean_text && (flags & unicode::removed) != 0) return end;
    if (options_.strip_accents && (flags & unicode::nonstarter) != 0) return read_marks(position, {}, {});
    const bool alone = options_.handle_chinese_chars && unicode::is_chinese(d.scalar);
    if (alone) sink_.accept(U' ', position, end);
    if (options_.strip_accents && (flags & unicode::decomposes) != 0) {
      const token_offsets owner{position, end};
      const auto parts = unicode::decompose(d.scalar);
      for (const char32_t* part = parts.begin(); part != parts.end(); ++part) {
        const std::uint8_t part_flags = unicode::flags(*part);
        if ((part_flags & unicode::nonspacing) != 0) continue;
        if ((part_flags & unicode::nonstarter) != 0) return read_marks(end, {part, parts.end()}, owner);
        put(*part, part_flags, position, end);
      }
    } else if (!options_.strip_accents || (flags & unicode::nonspacing) == 0) {
      put(d.scalar, flags, position, end);
    }
    if (alone) sink_.accept(U' ', position, end);
    return end;
  }

 private:
  struct parts_view {
    const char32_t *first = nullptr, *last = nullptr;
  };

  void put(char32_t scalar, std::uint8_t flags, std::size_t begin, std::size_t end) {
    if (!options_.lowercase || (flags & unicode::has_lower) == 0) return sink_.accept(scalar, begin, end);
    sink_.accept(unicode::lower(scalar), begin, end);
    if (scalar == unicode::capital_i_with_dot) sink_.accept(unicode::combining_dot_above, begin, end);
  }

  // Calls visit(scalar, begin, end) for each mark in the run at `position` that survives clean_text.
  template <class Visit>
  std::size_t for_each_mark(std::size_t position, Visit visit) {
    while (position < text_.size() && !sink_.ends_at(position)) {
      const utf8::decoded d = utf8::decode(text_, position);
      const std::uint8_t flags = unicode::flags(d.scalar);
      if (!options_.clean_text || (flags & unicode::removed) == 0) {
        if ((flags & unicode::nonstarter) == 0) break;
        visit(d.scalar, position, position + d.length);
      }
      position += d.length;
    }
    return position;
  }

  // A run of marks in canonical order, nonspacing ones dropped. `trailing` are marks of the scalar before the run,
  // which lies at `owner`. Nearly always nothing is left; where something is, the run is read again, so that its
  // length costs no memory: the n-th mark after ordering is aligned with the n-th before it.
  std::size_t read_marks(std::size_t position, parts_view trailing, token_offsets owner) {
    bool any_kept = trailing.first != trailing.last;
    const std::size_t run_end = for_each_mark(position, [&](char32_t scalar, std::size_t, std::size_t) {
      const std::uint8_t flags = unicode::flags(scalar);
      // A mark that decomposes does so into nonspacing ones, but for the musical symbols, which are starters.
      any_kept = any_kept || (flags & unicode::nonspacing) == 0;
    });
    if (!any_kept) return run_end;

    marks_.clear();
    std::array<std::size_t, 256> counts{};  // marks of each class so far
    std::size_t order = 0;
    const auto add = [&](char32_t scalar, bool first) {
      const std::uint8_t combining_class = unicode::combining_class(scalar);
      const std::size_t before = counts[combining_class];
      counts[combining_class] += first ? 1U : 0U;
      // `source` starts as the number of marks of its class up to it; one that a decomposition has added shares the
      // place of the mark before it. 0 stands for the owner.
      if ((unicode::flags(scalar) & unicode::nonspacing) == 0)
        keep({scalar, combining_class, order++, before + (first ? 1U : 0U)});
    };
    for (const char32_t* part = trailing.first; part != trailing.last; ++part) add(*part, false);
    for_each_mark(position, [&](char32_t scalar, std::size_t, std::size_t) {
      const auto parts = unicode::decompose(scalar);
      for (std::size_t i = 0; i < parts.size; ++i) add(parts.scalars[i], i == 0);
    });

    std::size_t lower_classes = 0;
    for (std::size_t& count : counts) {
      const std::size_t own = count;
      count = lower_classes;
      lower_classes += own;
    }
    for (pending_mark& mark : marks_) mark.source += counts[mark.combining_class];
    sort_marks();

    std::size_t next = 0, source = 0;
    const auto put_up_to = [&](std::size_t begin, std::size_t end) {
      for (; next < marks_.size() && marks_[next].source == source; ++next)
        sink_.accept(marks_[next].scalar, begin, end);
    };
    put_up_to(owner.begin, owner.end);
    for_each_mark(position, [&](char32_t, std::size_t begin, std::size_t end) {
      ++source;
      put_up_to(begin, end);
    });
    return run_end;
  }

  static bool in_order(const pending_mark& a, const pending_mark& b) {
    return a.combining_class != b.combining_class ? a.combining_class < b.combining_class : a.order < b.order;
  }

  // Neither std::stable_sort, which allocates, nor std::sort, which takes long to compile.
  void sort_marks() {
    std::make_heap(marks_.begin(), marks_.end(), in_order);
    std::sort_heap(marks_.begin(), marks_.end(), in_order);
  }

  // Once the marks alone make the word too long to have pieces, only the first and the last of them matter.
  void keep(const pending_mark& mark) {
    if (marks_.size() < most_marks_) {
      marks_.push_back(mark);
      if (marks_.size() == most_marks_) sort_marks();
    } else if (in_order(mark, marks_.front())) {
      marks_.front() = mark;
    } else if (in_order(marks_.back(), mark)) {
      marks_.back() = mark;
    }
  }

  const normalizer_options& options_;
  std::string_view text_;
  std::vector<pending_mark>& marks_;
  std::size_t most_marks_;
  normalized_sink sink_;
};

}  // namespace detail

}  // namespace distilbert
