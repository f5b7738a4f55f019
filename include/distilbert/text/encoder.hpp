#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "distilbert/text/added_tokens.hpp"
#include "distilbert/text/byte_block.hpp"
#include "distilbert/text/encoding.hpp"
#include "distilbert/text/normalizer.hpp"
#include "distilbert/text/offsets.hpp"
#include "distilbert/text/post_processor.hpp"
#include "distilbert/text/pre_tokenizer.hpp"
#include "distilbert/text/vocabulary.hpp"
#include "distilbert/text/wordpiece.hpp"

namespace distilbert::detail {

/// The stages of a tokenizer, in the order in which text passes them. Immutable once loaded.
struct tokenizer_stages {
  added_tokens added;
  normalizer_options normalizer;
  byte_classes bytes;
  vocabulary tokens;
  wordpiece pieces;
  post_processor frame;
  bool split_special_tokens = false;
};

/// Encodes one text, in one pass over its bytes: all stages see a word before the next one is read, and reading stops
/// as soon as max_length has decided the result. Words of plain ASCII take a short way without normalisation, eight
/// bytes at a time.
class encoder {
 public:
  encoder(const tokenizer_stages& stages, std::string_view text, const encode_options& options, encoding& out)
      : stages_(stages),
        text_(text),
        options_(options),
        out_(out),
        scanner_(stages.added, text, options.split_special_tokens || stages.split_special_tokens),
        max_chars_(stages.pieces.max_chars_per_word()),
        case_bits_(stages.normalizer.lowercase ? all_bytes('a' - 'A') : 0),
        run_bits_(stages.bytes.alphanumeric_is_word ? all_bytes(0x80) : 0) {}

  void run() {
    out_.ids.clear();
    out_.offsets.clear();
    out_.truncated = false;
    stages_.frame.begin(options_, out_);
    const std::size_t room = stages_.frame.room(options_), first = out_.ids.size();
    limit_ = room > unlimited - first ? unlimited : first + room;
    read_text();
    if (out_.ids.size() > limit_) cut();
    if (options_.offsets) convert_offsets(text_, options_.unit, out_.offsets);
    stages_.frame.end(options_, out_);
  }

 private:
  void read_text() {
    const bool plain_ascii = !stages_.added.any_normalized();
    std::size_t position = 0;
    clear_word();
    clear_stretch();
    while (position < text_.size() && !out_.truncated) {
      if (plain_ascii) position = read_ascii(position);
      if (position < text_.size() && !out_.truncated) position = read_long_way(position);
    }
    end_stretch();
  }

  // Reads words of plain ASCII up to what must take the long way: what lies beyond ASCII, and added tokens.
  std::size_t read_ascii(std::size_t position) {
    const auto class_at = [&](std::size_t i) -> unsigned {
      return stages_.bytes.classes[static_cast<unsigned char>(text_[i])];
    };
    while (position < text_.size() && !out_.truncated) {
      const unsigned first = class_at(position);
      if (first == byte_classes::word) {
        const byte_block block = load_block(text_.data() + position, text_.size() - position);
        const ascii_word_bits bits = find_ascii_words(block);
        std::size_t end = position + leading_bytes(bits.alphanumeric & run_bits_);
        while (end < text_.size() && class_at(end) == byte_classes::word) ++end;
        // What may join the word (a letter or mark beyond ASCII) or be dropped from within it takes the long way.
        const unsigned next = end < text_.size() ? class_at(end) : unsigned{byte_classes::end_of_text};
        if ((next & byte_classes::class_mask) > byte_classes::space) return position;
        put_word(block | (bits.letters >> 2 & case_bits_), position, end);
        position = end + (next == byte_classes::space ? 1U : 0U);
      } else if (first == byte_classes::punctuation) {
        put_word(static_cast<unsigned char>(text_[position]), position, position + 1);
        ++position;
      } else if (first == byte_classes::space || first == byte_classes::removed) {
        ++position;
      } else {
        break;
      }
    }
    return position;
  }

  // Reads on until no word is open: through the normaliser, and looking for added tokens.
  std::size_t read_long_way(std::size_t position) {
    const std::size_t most_marks = max_chars_ < 2 ? 2 : max_chars_ == unlimited ? unlimited : max_chars_ + 1;
    normalizing_reader reader(stages_.normalizer, text_, out_.scratch.marks, most_marks, normalized_sink(this));
    do {
      if (stretch_ends_at(position)) {
        end_stretch();
        const auto hit = scanner_.last();
        put(hit.token->id, hit.begin, hit.end);
        position = hit.resume;
        // White space that the token took along holds nothing but, possibly, another token.
        while (position < hit.end && !scanner_.begins_at(position)) position += utf8::decode(text_, position).length;
        clear_stretch();
      } else {
        position = reader.read(position);
      }
    } while (position < text_.size() && !out_.truncated && (word_chars_ != 0 || stages_.added.any_normalized()));
    return position;
  }

  // Whether an added token begins at `position`, or at the end of the white space here and takes that along: tokens of
  // normalised text must then not see it.
  bool stretch_ends_at(std::size_t position) {
    if (scanner_.begins_at(position)) return true;
    if (!stages_.added.any_normalized() || position < spaces_seen_) return false;
    for (spaces_seen_ = position; spaces_seen_ < text_.size();) {
      if (scanner_.begins_at(spaces_seen_)) return scanner_.last().begin <= position;
      const utf8::decoded d = utf8::decode(text_, spaces_seen_);
      if (classify(d.scalar) != char_class::space) break;
      spaces_seen_ += d.length;
    }
    return false;
  }

  byte_block load_ascii(std::size_t position) const {
    const byte_block block = load_block(text_.data() + position, text_.size() - position);
    return block | (find_ascii_words(block).letters >> 2 & case_bits_);
  }

  // A word of plain ASCII at [begin, end), of which `block` holds the first bytes, normalised.
  void put_word(byte_block block, std::size_t begin, std::size_t end) {
    const std::size_t size = end - begin;
    if (size > max_chars_) return put(stages_.pieces.unknown_id(), begin, end);
    const auto load = [&](std::size_t i) { return i == 0 ? block : load_ascii(begin + i); };
    const std::int32_t id = stages_.tokens.trie().find(size, load);
    if (full()) return;
    if (id >= 0) return put_token(id, begin, end);
    split_word({begin, end}, size, load, [&](std::size_t from, std::size_t to) -> token_offsets {
      return {begin + from, begin + to};
    });
  }

  // Puts the pieces of a word, as wordpiece::split() finds them. The word lies at `place` in the text, and
  // place_of(from, to) does a part of it.
  template <class Load, class PlaceOf>
  void split_word(token_offsets place, std::size_t size, Load load, PlaceOf place_of) {
    const std::size_t first = out_.ids.size();
    const bool known =
        stages_.pieces.split(stages_.tokens, size, load, [&](std::int32_t id, std::size_t from, std::size_t to) {
          out_.ids.push_back(id);
          if (options_.offsets) out_.offsets.push_back(place_of(from, to));
        });
    if (known) return;
    out_.ids.resize(first);
    if (options_.offsets) out_.offsets.resize(first);
    put(stages_.pieces.unknown_id(), place.begin, place.end);
  }

  // The normalised scalars of a stretch between added tokens, in order.
  friend class normalized_sink;
  bool ends_at(std::size_t position) { return scanner_.begins_at(position); }
  void accept(char32_t scalar, std::size_t begin, std::size_t end) {
    if (!stages_.added.any_normalized()) return add_to_word({scalar, begin, end});
    out_.scratch.lookahead.push_back({scalar, begin, end});
    // One more than the longest token, for single_word to see what comes after it.
    while (out_.scratch.lookahead.size() - lookahead_begin_ > stages_.added.longest_normalized()) match_normalized();
  }

  void add_to_word(const normalized_char& c) {
    const char_class k = classify(c.scalar);
    if (k != char_class::word) end_word();
    if (k == char_class::space) return;
    if (word_chars_ == 0) {
      if (full()) return;
      word_place_.begin = c.begin;
    }
    word_place_.end = c.end;
    if (word_chars_++ < max_chars_) {
      char bytes[4];
      const std::size_t size = utf8::encode(c.scalar, bytes);
      out_.scratch.word.insert(out_.scratch.word.end(), bytes, bytes + size);
      if (options_.offsets) out_.scratch.word_offsets.insert(out_.scratch.word_offsets.end(), size, {c.begin, c.end});
    }
    if (k == char_class::punctuation) end_word();
  }

  void end_word() {
    if (word_chars_ == 0) return;
    if (word_chars_ > max_chars_) {
      put(stages_.pieces.unknown_id(), word_place_.begin, word_place_.end);
    } else if (!out_.truncated) {
      const auto& word = out_.scratch.word;
      const auto& offsets = out_.scratch.word_offsets;
      split_word(
          word_place_, word.size(), [&](std::size_t i) { return load_block(word.data() + i, word.size() - i); },
          [&](std::size_t from, std::size_t to) -> token_offsets {
            return {offsets[from].begin, offsets[to - 1].end};
          });
    }
    clear_word();
  }

  void clear_word() {
    out_.scratch.word.clear();
    out_.scratch.word_offsets.clear();
    word_chars_ = 0;
  }

  // --- added tokens in normalised text ---

  // Takes the first scalar of the lookahead, or the token that begins there.
  void match_normalized() {
    auto& queue = out_.scratch.lookahead;
    const std::size_t begin = lookahead_begin_, stop = match_skip_ == 0 ? find_normalized() : 0;
    if (stop != 0) {
      const added_token& token = stages_.added[match_number_];
      match_skip_ = stop;
      const bool applies =
          !((options_.split_special_tokens || stages_.split_special_tokens) && token.special) &&
          !(token.single_word && ((begin_is_known_ && is_word(previous_)) ||
                                  (begin + stop < queue.size() && is_word(queue[begin + stop].scalar))));
      if (applies) {
        end_word();
        const std::size_t from = token.lstrip && spaces_ ? spaces_begin_ : queue[begin].begin;
        put(token.id, from, queue[begin + stop - 1].end);
        in_token_ = stop;
        stripping_ = token.rstrip && !out_.truncated;
        stripped_index_ = out_.ids.size() - 1;
      }
    }
    take(queue[lookahead_begin_++]);
    if (lookahead_begin_ * 2 > queue.size()) {
      queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(lookahead_begin_));
      lookahead_begin_ = 0;
    }
  }

  // One scalar leaves the lookahead: as part of a token, as white space that a token strips, or into a word.
  void take(const normalized_char& c) {
    const bool space = classify(c.scalar) == char_class::space;
    if (match_skip_ > 0) --match_skip_;
    if (in_token_ > 0) {
      --in_token_;
      spaces_ = false;
    } else if (stripping_ && space) {
      if (options_.offsets) out_.offsets[stripped_index_].end = c.end;
    } else {
      stripping_ = false;
      if (space && !spaces_) spaces_begin_ = c.begin;
      spaces_ = space;
      add_to_word(c);
    }
    previous_ = c.scalar;
    begin_is_known_ = true;
  }

  // The number of scalars of the longest token at the front of the lookahead; 0 without one.
  std::size_t find_normalized() {
    const auto& queue = out_.scratch.lookahead;
    auto& text = out_.scratch.lookahead_utf8;
    text.clear();
    for (std::size_t i = lookahead_begin_; i < queue.size(); ++i) {
      char bytes[4];
      text.insert(text.end(), bytes, bytes + utf8::encode(queue[i].scalar, bytes));
      if (!stages_.added.normalized_may_begin_with(static_cast<unsigned char>(text[0]))) return 0;
    }
    const auto found = stages_.added.normalized().longest({text.data(), text.size()});
    match_number_ = found.value;
    return utf8::count({text.data(), found.length});
  }

  static bool is_word(char32_t scalar) noexcept { return (unicode::flags(scalar) & unicode::word) != 0; }

  void clear_stretch() {
    out_.scratch.lookahead.clear();
    lookahead_begin_ = match_skip_ = in_token_ = 0;
    stripping_ = spaces_ = begin_is_known_ = false;
  }
  void end_stretch() {
    while (lookahead_begin_ < out_.scratch.lookahead.size() && !out_.truncated) match_normalized();
    end_word();
  }

  // --- output ---

  bool full() {
    if (out_.ids.size() < limit_) return false;
    return out_.truncated = true;
  }
  void put(std::int32_t id, std::size_t begin, std::size_t end) {
    if (!full()) put_token(id, begin, end);
  }
  void put_token(std::int32_t id, std::size_t begin, std::size_t end) {
    out_.ids.push_back(id);
    if (options_.offsets) out_.offsets.push_back({begin, end});
  }
  void cut() {
    out_.ids.resize(limit_);
    if (options_.offsets) out_.offsets.resize(limit_);
    out_.truncated = true;
  }

  const tokenizer_stages& stages_;
  std::string_view text_;
  const encode_options& options_;
  encoding& out_;
  added_tokens::scanner scanner_;
  std::size_t max_chars_;
  byte_block case_bits_;  // what makes capital letters small
  byte_block run_bits_;   // what tells letters and digits that need no look at their class
  std::size_t limit_ = unlimited;

  std::size_t word_chars_ = 0;
  token_offsets word_place_{0, 0};

  std::size_t spaces_seen_ = 0;  // up to where stretch_ends_at() has looked
  std::size_t lookahead_begin_ = 0;
  std::size_t match_skip_ = 0;  // scalars that no further token may begin at
  std::size_t in_token_ = 0;    // scalars that belong to the token just put
  std::int32_t match_number_ = -1;
  bool stripping_ = false;  // the last token takes the white space that follows
  std::size_t stripped_index_ = 0;
  bool spaces_ = false;  // what was taken last is white space since spaces_begin_
  std::size_t spaces_begin_ = 0;
  bool begin_is_known_ = false;  // whether previous_ holds the scalar before
  char32_t previous_ = 0;
};

}  // namespace distilbert::detail
