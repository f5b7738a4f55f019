#pragma once
#include <cctype>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "distilbert/text/encoding.hpp"

// The tokens of ASCII text, without special ones, by BERT's rules written down plainly: a byte at a time, a std::map
// for the vocabulary. What the tokenizer's fast way through ASCII is held against.
class plain_encoder {
 public:
  struct token {
    std::int32_t id;
    distilbert::token_offsets offsets;
    friend bool operator==(const token&, const token&) = default;
  };

  // `vocab_txt` as in a file.
  plain_encoder(std::string_view vocab_txt, bool lowercase) : lowercase_(lowercase) {
    for (std::int32_t id = 0; !vocab_txt.empty(); ++id) {
      const std::size_t end = vocab_txt.find('\n');
      ids_.emplace(vocab_txt.substr(0, end), id);
      vocab_txt.remove_prefix(end + 1);
    }
  }

  std::vector<token> encode(std::string_view text) const {
    std::vector<token> out;
    std::string word;
    std::vector<std::size_t> places;
    const auto end_word = [&] {
      if (!word.empty()) split(word, places, out);
      word.clear(), places.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
      const int c = static_cast<unsigned char>(text[i]);
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        end_word();
      } else if (std::ispunct(c) != 0) {
        end_word();
        word = text[i], places = {i};
        end_word();
      } else if (std::iscntrl(c) == 0) {
        word += static_cast<char>(lowercase_ ? std::tolower(c) : c);
        places.push_back(i);
      }
    }
    end_word();
    return out;
  }

 private:
  void split(const std::string& word, const std::vector<std::size_t>& places, std::vector<token>& out) const {
    const std::size_t first = out.size();
    const auto place = [&](std::size_t begin, std::size_t end) {
      return distilbert::token_offsets{places[begin], places[end - 1] + 1};
    };
    std::size_t begin = 0;
    while (begin < word.size() && word.size() <= 100) {
      std::size_t end = word.size();
      auto found = ids_.end();
      for (; end > begin && found == ids_.end(); --end)
        found = ids_.find((begin == 0 ? "" : "##") + word.substr(begin, end - begin));
      if (found == ids_.end()) break;
      ++end;
      out.push_back({found->second, place(begin, end)});
      begin = end;
    }
    if (begin == word.size()) return;
    out.resize(first);
    out.push_back({ids_.at("[UNK]"), place(0, word.size())});
  }

  bool lowercase_;
  std::map<std::string, std::int32_t> ids_;
};
