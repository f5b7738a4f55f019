#pragma once
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace distilbert::detail {

/// A text or a whole number, to be joined.
class piece {
 public:
  piece(std::string_view text) : text_(text) {}
  piece(const std::string& text) : text_(text) {}
  piece(const char* text) : text_(text) {}
  template <std::signed_integral T>
  piece(T value) {
    write(value < 0, value < 0 ? 0 - static_cast<unsigned long long>(value) : static_cast<unsigned long long>(value));
  }
  template <std::unsigned_integral T>
  piece(T value) {
    write(false, value);
  }

  std::string_view text() const {
    return text_.data() != nullptr ? text_ : std::string_view(digits_ + first_, size - first_);
  }

 private:
  static constexpr std::size_t size = 20;  // a sign and 19 digits, or 20 digits

  [[gnu::noinline, gnu::cold]] void write(bool negative, unsigned long long magnitude) {
    do digits_[--first_] = static_cast<char>('0' + magnitude % 10);
    while ((magnitude /= 10) != 0);
    if (negative) digits_[--first_] = '-';
  }

  std::string_view text_;
  char digits_[size] = {};
  std::size_t first_ = size;
};

/// The pieces in one string. A function for all of them: sums of strings are slow to compile.
[[gnu::noinline, gnu::cold]] inline std::string concat(std::initializer_list<piece> pieces) {
  std::size_t total = 0;
  for (const piece& p : pieces) total += p.text().size();
  std::string all;
  all.reserve(total);
  for (const piece& p : pieces) all += p.text();
  return all;
}

}  // namespace distilbert::detail
