#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <nlohmann/detail/input/input_adapters.hpp>
#include <nlohmann/detail/input/lexer.hpp>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"

namespace distilbert::json {

struct member;

/// A JSON value, built by parse(). Objects keep the order of the file and never hold a key twice.
struct value {
  /// What a value is; numbers by how they are written.
  enum class kind { null, boolean, unsigned_integer, negative_integer, real, string, array, object };

  kind type = kind::null;       ///< which of the members below holds
  bool boolean = false;         ///< of a boolean
  std::uint64_t integer = 0;    ///< unsigned_integer; for negative_integer the two's complement
  double number = 0;            ///< any of the three number kinds
  std::string string;           ///< of a string, in UTF-8
  std::vector<value> items;     ///< array
  std::vector<member> members;  ///< object

  /// Whether the value is of this kind.
  bool is(kind k) const noexcept { return type == k; }
  /// Whether it is a number of any kind.
  bool is_number() const noexcept { return is(kind::unsigned_integer) || is(kind::negative_integer) || is(kind::real); }
  /// The member of this name; nullptr when there is none or this is no object. An explicit null is a member.
  const value* find(std::string_view name) const noexcept;
  /// What a message calls this value: "null", "a string", "a number" ...
  std::string_view describe() const noexcept {
    switch (type) {
      case kind::null: return "null";
      case kind::boolean: return "a boolean";
      case kind::unsigned_integer: return "an integer";
      case kind::negative_integer: return "a negative integer";
      case kind::real: return "a real number";
      case kind::string: return "a string";
      case kind::array: return "an array";
      case kind::object: return "an object";
    }
    return "";
  }
};

/// One entry of an object.
struct member {
  std::string name;   ///< the key
  json::value value;  ///< what stands under it
};

inline const value* value::find(std::string_view name) const noexcept {
  for (const member& m : members)
    if (m.name == name) return &m.value;
  return nullptr;
}

/// Deeper nesting than any model file has: refused, so that no input can exhaust the stack.
inline constexpr std::size_t max_depth = 64;

namespace detail {

// What nlohmann's lexer asks of a document type. The lexer alone does all that is hard in JSON: numbers, escapes,
// UTF-8. The rest of that library would add a second and a half to the compile time of every including unit.
struct lexer_types {
  using number_integer_t = std::int64_t;
  using number_unsigned_t = std::uint64_t;
  using number_float_t = double;
  using string_t = std::string;
};

class parser {
 public:
  explicit parser(std::string_view text)
      : size_(text.size()), lexer_(nlohmann::detail::input_adapter(text.data(), text.data() + text.size())) {
    advance();
  }

  // The whole text as one value; false after a fault, which `message` then tells.
  bool document(value& out) { return read(out, 0) && (at_end() || fault_here()); }

  std::string message;

 private:
  using adapter = decltype(nlohmann::detail::input_adapter(std::declval<const char*>(), std::declval<const char*>()));
  using lexer = nlohmann::detail::lexer<lexer_types, adapter>;
  using token = lexer::token_type;
  using kind = value::kind;

  void advance() { token_ = lexer_.scan(); }
  // The lexer takes a zero byte for the end as well.
  bool at_end() const { return token_ == token::end_of_input && lexer_.get_position().chars_read_total > size_; }

  [[gnu::cold]] bool fault(std::string text) { return message = std::move(text), false; }
  [[gnu::noinline, gnu::cold]] bool fault_here() {
    return fault(distilbert::detail::concat({"syntax error at byte ", lexer_.get_position().chars_read_total, ", at '",
                                             lexer_.get_token_string().substr(0, 40), "'"}));
  }

  bool number(value& out, kind type, double as_double, std::uint64_t bits) {
    out.type = type;
    out.number = as_double;
    out.integer = bits;
    return true;
  }

  bool read(value& out, std::size_t depth) {
    switch (token_) {
      case token::literal_null: out.type = kind::null; break;
      case token::literal_true:
      case token::literal_false:
        out.type = kind::boolean;
        out.boolean = token_ == token::literal_true;
        break;
      case token::value_unsigned: {
        const std::uint64_t n = lexer_.get_number_unsigned();
        number(out, kind::unsigned_integer, static_cast<double>(n), n);
        break;
      }
      case token::value_integer: {
        const std::int64_t n = lexer_.get_number_integer();
        number(out, kind::negative_integer, static_cast<double>(n), static_cast<std::uint64_t>(n));
        break;
      }
      case token::value_float: {
        const double x = lexer_.get_number_float();
        if ((__builtin_bit_cast(std::uint64_t, x) >> 52 & 0x7FF) == 0x7FF) return fault_here();  // infinite
        number(out, kind::real, x, 0);
        break;
      }
      case token::value_string:
        out.type = kind::string;
        out.string = std::move(lexer_.get_string());
        break;
      case token::begin_array:
      case token::begin_object:
        if (depth == max_depth) return fault(distilbert::detail::concat({"nested deeper than ", max_depth, " levels"}));
        return token_ == token::begin_array ? array(out, depth) : object(out, depth);
      default: return fault_here();
    }
    advance();
    return true;
  }

  bool array(value& out, std::size_t depth) {
    out.type = kind::array;
    advance();
    if (token_ != token::end_array) {
      while (read(out.items.emplace_back(), depth + 1) && token_ == token::value_separator) advance();
      if (!message.empty()) return false;
      if (token_ != token::end_array) return fault_here();
    }
    advance();
    return true;
  }

  bool object(value& out, std::size_t depth) {
    out.type = kind::object;
    advance();
    if (token_ != token::end_object) {
      while (entry(out, depth) && token_ == token::value_separator) advance();
      if (!message.empty()) return false;
      if (token_ != token::end_object) return fault_here();
    }
    std::unordered_set<std::string_view> names(out.members.size());
    for (const member& m : out.members)
      if (!names.insert(m.name).second)
        return fault(distilbert::detail::concat({"the key \"", m.name, "\" is given twice"}));
    advance();
    return true;
  }

  bool entry(value& out, std::size_t depth) {
    if (token_ != token::value_string) return fault_here();
    member& m = out.members.emplace_back();
    m.name = std::move(lexer_.get_string());
    advance();
    if (token_ != token::name_separator) return fault_here();
    advance();
    return read(m.value, depth + 1);
  }

  std::size_t size_;
  lexer lexer_;
  token token_ = token::uninitialized;
};

}  // namespace detail

/// Parses one JSON document (RFC 8259, UTF-8). `where` names it in messages.
///
/// Errors: invalid_json, for bad syntax, text after the document, a key given twice, more than 64 levels, or a number
/// beyond the range of a double.
inline result<value> parse(std::string_view text, std::string_view where) {
  value root;
  detail::parser parser(text);
  if (parser.document(root)) return root;
  return error{errc::invalid_json, distilbert::detail::concat({where, ": ", parser.message})};
}

}  // namespace distilbert::json
