#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "distilbert/text/encoding.hpp"
#include "distilbert/text/unicode.hpp"
#include "distilbert/text/utf8.hpp"

namespace distilbert {

namespace detail {

/// Finds the sentences of one text, by rules for English.
class sentence_splitter {
 public:
  sentence_splitter(std::string_view text, std::vector<token_offsets>& out) : text_(text), out_(out) {}

  void run() {
    std::size_t begin = 0, position = 0;
    while (position < text_.size()) {
      const utf8::decoded d = utf8::decode(text_, position);
      const std::size_t end = d.scalar == '\n'          ? blank_line(position)
                              : is_terminator(d.scalar) ? sentence_end(begin, position)
                                                        : 0;
      if (end == 0) {
        position += d.length;
        continue;
      }
      put(begin, end);
      begin = position = end;
    }
    put(begin, text_.size());
  }

 private:
  static bool is_wide(char32_t c) { return c == 0x3002 || c == 0xFF01 || c == 0xFF1F; }
  static bool is_terminator(char32_t c) {
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x203C || is_wide(c);
  }
  static bool is_closer(char32_t c) {
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x2019 || c == 0x201D || c == 0xBB || c == 0x300D;
  }
  static bool is_space(char32_t c) { return (unicode::flags(c) & unicode::space) != 0; }
  static bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  // Where the line after a blank one begins, if a blank one follows the line end here; otherwise 0.
  std::size_t blank_line(std::size_t position) const {
    std::size_t end = 0;
    for (std::size_t i = position + 1; i < text_.size(); ++i) {
      if (text_[i] == '\n')
        end = i + 1;
      else if (text_[i] != ' ' && text_[i] != '\t' && text_[i] != '\r')
        break;
    }
    return end;
  }

  // Where the sentence ends whose terminator is at `mark`; 0 when it goes on.
  std::size_t sentence_end(std::size_t begin, std::size_t mark) const {
    const bool lone_dot = text_[mark] == '.' && (mark + 1 == text_.size() || text_[mark + 1] != '.');
    std::size_t end = mark;
    bool wide = false, only_dots = true;
    for (utf8::decoded d{}; end < text_.size(); end += d.length) {
      d = utf8::decode(text_, end);
      if (!is_terminator(d.scalar) && !is_closer(d.scalar)) break;
      wide = wide || is_wide(d.scalar);
      only_dots = only_dots && (d.scalar == '.' || d.scalar == 0x2026);
    }
    if (wide || end == text_.size()) return end;
    std::size_t next = end;
    while (next < text_.size() && is_space(utf8::decode(text_, next).scalar)) next += utf8::decode(text_, next).length;
    if (next == end) return 0;  // "3.5", "example.com"
    if (next == text_.size() || !only_dots) return end;
    if (mark == begin || is_space(utf8::decode_before(text_, mark).scalar)) return end;  // tokenised: "journey ."
    if (lone_dot && abbreviates(begin, mark)) return 0;
    const char32_t first = utf8::decode(text_, next).scalar;
    return (first >= 'a' && first <= 'z') ? 0 : end;
  }

  // Whether the dot at `mark` belongs to an abbreviation or an initial.
  bool abbreviates(std::size_t begin, std::size_t mark) const {
    static constexpr std::array<std::string_view, 20> known = {"mr", "mrs", "ms",  "dr",  "st",  "vs",  "prof",
                                                               "jr", "sr",  "mt",  "no",  "e.g", "i.e", "approx",
                                                               "cf", "fig", "gen", "rev", "hon", "al"};
    std::size_t from = mark;
    while (from > begin && (is_ascii_letter(text_[from - 1]) || text_[from - 1] == '.')) --from;
    const std::string_view word = text_.substr(from, mark - from);
    if (word.size() == 1) return word != "I" && word[0] >= 'A' && word[0] <= 'Z';
    return std::any_of(known.begin(), known.end(), [&](std::string_view k) {
      return std::equal(k.begin(), k.end(), word.begin(), word.end(),
                        [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b); });
    });
  }

  // A sentence without the white space around it, where anything is left.
  void put(std::size_t begin, std::size_t end) {
    while (begin < end && is_space(utf8::decode(text_, begin).scalar)) begin += utf8::decode(text_, begin).length;
    while (end > begin && is_space(utf8::decode_before(text_, end).scalar)) {
      do --end;
      while (end > begin && utf8::is_continuation(static_cast<unsigned char>(text_[end])));
    }
    if (begin < end) out_.push_back({begin, end});
  }

  std::string_view text_;
  std::vector<token_offsets>& out_;
};

}  // namespace detail

/// Clears `out` and fills it with the sentences of a text: bytes, half open, without the white space around them. What
/// is neither white space nor in a sentence does not exist: together they are the whole text.
///
/// A sentence ends at . ! ? or … (and quotes or brackets after it) where white space follows, at 。！？, and at a blank
/// line. A dot ends none after an initial, a common English abbreviation, or before a small letter. Rules, not a model:
/// they err on lists, headlines and rarer abbreviations.
inline void split_sentences(std::string_view text, std::vector<token_offsets>& out) {
  out.clear();
  detail::sentence_splitter(text, out).run();
}

}  // namespace distilbert
