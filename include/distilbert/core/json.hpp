#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "distilbert/core/result.hpp"

namespace distilbert::json {

struct member;

/// A JSON value, built by parse(). Objects keep the order of the file and never hold a key twice.
struct value {
  enum class kind { null, boolean, unsigned_integer, negative_integer, real, string, array, object };

  kind type = kind::null;
  bool boolean = false;
  std::uint64_t integer = 0;  ///< unsigned_integer; for negative_integer the two's complement
  double number = 0;          ///< any of the three number kinds
  std::string string;
  std::vector<value> items;     ///< array
  std::vector<member> members;  ///< object

  bool is(kind k) const noexcept { return type == k; }
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
  std::string name;
  json::value value;
};

inline const value* value::find(std::string_view name) const noexcept {
  for (const member& m : members)
    if (m.name == name) return &m.value;
  return nullptr;
}

/// Deeper nesting than any model file has: refused, so that no input can exhaust the stack.
inline constexpr std::size_t max_depth = 64;

namespace detail {

// Receives nlohmann's SAX events; stops at the first fault, which it keeps as a sentence.
class builder {
 public:
  using json_type = nlohmann::json;
  explicit builder(value& root) : root_(root) {}

  bool null() { return add({}); }
  bool boolean(bool v) {
    return add(make(value::kind::boolean, [&](value& x) { x.boolean = v; }));
  }
  bool number_integer(json_type::number_integer_t v) {
    return add(make(value::kind::negative_integer, [&](value& x) {
      x.integer = static_cast<std::uint64_t>(v);
      x.number = static_cast<double>(v);
    }));
  }
  bool number_unsigned(json_type::number_unsigned_t v) {
    return add(make(value::kind::unsigned_integer, [&](value& x) {
      x.integer = v;
      x.number = static_cast<double>(v);
    }));
  }
  bool number_float(json_type::number_float_t v, const json_type::string_t&) {
    return add(make(value::kind::real, [&](value& x) { x.number = v; }));
  }
  bool string(json_type::string_t& v) {
    return add(make(value::kind::string, [&](value& x) { x.string = std::move(v); }));
  }
  bool binary(json_type::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(value::kind::object); }
  bool start_array(std::size_t) { return open(value::kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(json_type::string_t& name) {
    if (!keys_.back().insert(name).second) return fault("the key \"" + name + "\" is given twice");
    open_.back()->members.push_back({std::move(name), {}});
    return true;
  }
  template <class Exception>
  bool parse_error(std::size_t position, const std::string& token, const Exception&) {
    return fault("syntax error at byte " + std::to_string(position) + ", at '" + token.substr(0, 40) + "'");
  }

  std::string message;

 private:
  template <class Fill>
  static value make(value::kind k, Fill fill) {
    value v;
    v.type = k;
    fill(v);
    return v;
  }
  bool fault(std::string text) { return message = std::move(text), false; }
  value* place(value v) {
    if (open_.empty()) return root_ = std::move(v), &root_;
    value& parent = *open_.back();
    if (parent.type == value::kind::array) return &parent.items.emplace_back(std::move(v));
    return &(parent.members.back().value = std::move(v));
  }
  bool add(value v) { return place(std::move(v)), true; }
  bool open(value::kind k) {
    if (open_.size() == max_depth) return fault("nested deeper than " + std::to_string(max_depth) + " levels");
    open_.push_back(place(make(k, [](value&) {})));
    keys_.emplace_back();
    return true;
  }
  bool close() { return open_.pop_back(), keys_.pop_back(), true; }

  value& root_;
  std::vector<value*> open_;
  std::vector<std::unordered_set<std::string>> keys_;
};

}  // namespace detail

/// Parses one JSON document (RFC 8259, UTF-8). `where` names it in messages.
///
/// Errors: invalid_json, for bad syntax, text after the document, a key given twice, more than 64 levels.
inline result<value> parse(std::string_view text, std::string_view where) {
  value root;
  detail::builder handler(root);
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &handler)) return root;
  return error{errc::invalid_json, std::string(where) + ": " + handler.message};
}

}  // namespace distilbert::json
