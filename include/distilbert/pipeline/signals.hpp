#pragma once
// An include of its own: who asks for labels alone does not pay for it.
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "distilbert/pipeline/text_model.hpp"
#include "distilbert/text/encoding.hpp"
#include "distilbert/text/unicode.hpp"
#include "distilbert/text/utf8.hpp"

namespace distilbert {

/// What speaks against believing an answer: the known limits of an English model, measured on one text. Shares are of 0
/// to 1. None of it changes the answer.
struct text_signals {
  std::size_t tokens = 0;    ///< the text's own, without special tokens
  float unknown_tokens = 0;  ///< share of them that the vocabulary does not have
  float other_letters = 0;   ///< share of letters that are of no Latin script
  float emoji = 0;           ///< share of emoji among the visible characters
  float margin = 0;          ///< the best score less the second best
  bool empty = false;        ///< no token is left of the text
  bool not_english = false;  ///< of another script, or with more small words of other languages than of English
};

namespace detail {

/// Small words of other languages that no English text is likely to hold, and those of English. Sorted.
inline constexpr std::array<std::string_view, 86> foreign_words = {
    "al",   "alla", "als",  "anche", "auch", "aus", "avec", "bei",   "che",  "como", "con",  "dans", "das",
    "de",   "dei",  "del",  "della", "dem",  "den", "der",  "des",   "di",   "dos",  "du",   "e",    "een",
    "ein",  "eine", "el",   "elle",  "em",   "en",  "era",  "es",    "est",  "esta", "et",   "fue",  "für",
    "gli",  "het",  "hij",  "ich",   "il",   "ist", "je",   "la",    "las",  "le",   "les",  "lo",   "los",
    "mais", "mas",  "mit",  "muy",   "más",  "na",  "nel",  "nicht", "niet", "não",  "os",   "ou",   "para",
    "pas",  "per",  "pero", "por",   "pour", "que", "qui",  "se",    "sehr", "sich", "sono", "sur",  "très",
    "um",   "uma",  "un",   "una",   "und",  "une", "van",  "von"};
inline constexpr std::array<std::string_view, 62> english_words = {
    "a",   "about", "all",  "an",   "and",  "are",   "as",    "at",    "be",   "been", "but", "by",   "can",
    "did", "do",    "does", "for",  "from", "had",   "has",   "have",  "he",   "her",  "his", "how",  "i",
    "if",  "in",    "is",   "it",   "its",  "my",    "no",    "not",   "of",   "on",   "one", "or",   "our",
    "out", "she",   "so",   "that", "the",  "their", "there", "they",  "this", "to",   "too", "very", "was",
    "we",  "were",  "what", "when", "who",  "will",  "with",  "would", "you",  "your"};

constexpr bool is_emoji(char32_t c) noexcept {
  return (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x1F1E6 && c <= 0x1F1FF) || (c >= 0x2600 && c <= 0x27BF) ||
         (c >= 0x2B05 && c <= 0x2B55) || c == 0x1F004 || c == 0x1F0CF || c == 0x203C || c == 0x2049 || c == 0x3030;
}
// What joins or colours the emoji before it, and is not counted by itself.
constexpr bool modifies_emoji(char32_t c) noexcept {
  return c == 0x200D || c == 0xFE0E || c == 0xFE0F || c == 0x20E3 || (c >= 0x1F3FB && c <= 0x1F3FF);
}
// Letters of Latin scripts, and letter-like marks that come with them.
constexpr bool is_latin(char32_t c) noexcept {
  return c < 0x370 || (c >= 0x1D00 && c <= 0x1DBF) || (c >= 0x1E00 && c <= 0x1EFF) || (c >= 0x2C60 && c <= 0x2C7F) ||
         (c >= 0xA720 && c <= 0xA7FF) || (c >= 0xFB00 && c <= 0xFB06) || (c >= 0xFF21 && c <= 0xFF5A);
}

/// Counts what the characters and small words of a text tell.
class text_survey {
 public:
  explicit text_survey(std::string_view text) {
    char word[longest_word];
    std::size_t size = 0;
    bool fits = true;
    const auto end_word = [&] {
      if (size > 0 && fits) count_word({word, size});
      size = 0;
      fits = true;
    };
    for (std::size_t i = 0; i < text.size();) {
      const utf8::decoded d = utf8::decode(text, i);
      i += d.length;
      const auto flags = unicode::flags(d.scalar);
      if ((flags & unicode::space) == 0 && !modifies_emoji(d.scalar) && d.scalar >= 0x20) ++visible_;
      if (is_emoji(d.scalar) && !modifies_emoji(d.scalar)) ++emoji_;
      const bool letter = (flags & unicode::word) != 0 && !(d.scalar >= '0' && d.scalar <= '9') && d.scalar != '_';
      if (!letter) {
        end_word();
        continue;
      }
      ++letters_;
      if (!is_latin(d.scalar)) ++other_letters_;
      char bytes[4];
      const std::size_t n = utf8::encode(unicode::lower(d.scalar), bytes);
      fits = fits && size + n <= longest_word;
      if (fits) size = static_cast<std::size_t>(std::copy(bytes, bytes + n, word + size) - word);
    }
    end_word();
  }

  float other_letters() const noexcept { return share(other_letters_, letters_); }
  float emoji() const noexcept { return share(emoji_, visible_); }
  bool not_english() const noexcept {
    return (letters_ >= 3 && 10 * other_letters_ > 3 * letters_) || (foreign_ >= 2 && foreign_ > english_);
  }

 private:
  static constexpr std::size_t longest_word = 8;

  void count_word(std::string_view word) noexcept {
    english_ += std::binary_search(english_words.begin(), english_words.end(), word) ? 1U : 0U;
    foreign_ += std::binary_search(foreign_words.begin(), foreign_words.end(), word) ? 1U : 0U;
  }
  static float share(std::size_t part, std::size_t whole) noexcept {
    return whole == 0 ? 0.0F : static_cast<float>(part) / static_cast<float>(whole);
  }

  std::size_t visible_ = 0, emoji_ = 0, letters_ = 0, other_letters_ = 0, english_ = 0, foreign_ = 0;
};

}  // namespace detail

/// The signals of a text. Whether it was truncated, the answer tells (classification::truncated,
/// long_classification::tokens_cut); how far parts of it disagree, long_classification::spread().
///
/// Whether it is English is judged by its letters and by two short lists of small words: good for a warning, no
/// language detector. A few words without small words count as English.
///
/// @param scores the answer's, by label id.
/// @param room   scratch; reuse it.
inline text_signals signals_of(const text_model& model, std::string_view text, std::span<const float> scores,
                               encoding& room) {
  text_signals out;
  model.text_tokenizer().encode(text, {.add_special_tokens = false}, room);
  out.tokens = room.ids.size();
  out.empty = out.tokens == 0;
  const auto unknown = std::count(room.ids.begin(), room.ids.end(), model.text_tokenizer().unk_id());
  if (!out.empty) out.unknown_tokens = static_cast<float>(unknown) / static_cast<float>(out.tokens);
  const detail::text_survey survey(text);
  out.other_letters = survey.other_letters();
  out.emoji = survey.emoji();
  out.not_english = survey.not_english();
  // With one label, its score stands against what is left of 1.
  float best = scores[0], second = scores.size() == 1 ? 1 - scores[0] : scores[1];
  if (second > best) std::swap(best, second);
  for (std::size_t i = 2; i < scores.size(); ++i) {
    second = std::max(second, std::min(best, scores[i]));
    best = std::max(best, scores[i]);
  }
  out.margin = best - second;
  return out;
}

}  // namespace distilbert
