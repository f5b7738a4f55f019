#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/json.hpp"
#include "distilbert/core/result.hpp"

namespace distilbert::detail {

/// Reads the members of one JSON object; keeps the first fault, which names the file, the field, what was expected and
/// what was found. After a fault the values read are defaults: look at the fault before using them.
class json_fields {
 public:
  /// `path` is the object's own place in the file, empty for the root. A value that is no object is a fault.
  json_fields(const json::value& object, std::string_view file, std::string path, std::optional<error>& fault)
      : object_(object), file_(file), path_(std::move(path)), fault_(fault) {
    if (!object.is(json::value::kind::object)) expected("an object", object, path_);
  }

  const json::value& object() const noexcept { return object_; }
  /// The member of this name unless it is absent or null.
  const json::value* find(std::string_view name) const noexcept {
    const json::value* v = object_.find(name);
    return v == nullptr || v->is(json::value::kind::null) ? nullptr : v;
  }

  /// The boolean of this name; nullopt when absent or null.
  std::optional<bool> boolean(std::string_view name) {
    const json::value* v = typed(name, json::value::kind::boolean, "a boolean");
    return v == nullptr ? std::nullopt : std::optional(v->boolean);
  }
  bool need_boolean(std::string_view name) { return need(name, boolean(name)).value_or(false); }

  /// The string of this name; nullopt when absent or null.
  std::optional<std::string> string(std::string_view name) {
    const json::value* v = typed(name, json::value::kind::string, "a string");
    return v == nullptr ? std::nullopt : std::optional(v->string);
  }
  std::string need_string(std::string_view name) { return need(name, string(name)).value_or(""); }

  std::uint64_t need_integer(std::string_view name) {
    const json::value* v = typed(name, json::value::kind::unsigned_integer, "an integer of at least 0");
    return need(name, v == nullptr ? std::nullopt : std::optional(v->integer)).value_or(0);
  }

  /// The array or object of this name; nullptr when absent or null.
  const json::value* array(std::string_view name) { return typed(name, json::value::kind::array, "an array"); }
  const json::value* members(std::string_view name) { return typed(name, json::value::kind::object, "an object"); }
  json_fields need_members(std::string_view name) {
    const json::value* v = object_.find(name);
    if (v == nullptr) missing(name);
    if (v != nullptr && !v->is(json::value::kind::object)) expected("an object", *v, path(name));
    // After a fault, what this object's fields say no longer matters.
    return {v == nullptr ? object_ : *v, file_, path(name), fault_};
  }

  /// A member's place in the file, for messages: "model.vocab".
  std::string path(std::string_view name) const { return concat({path_, path_.empty() ? "" : ".", name}); }
  [[gnu::cold]] void expected(std::string_view what, const json::value& found, std::string_view at) {
    const bool quoted = found.is(json::value::kind::string);
    const std::string_view quote = quoted ? "\"" : "";
    const std::string_view shown = quoted ? std::string_view(found.string).substr(0, 80) : found.describe();
    refuse(errc::invalid_field, at, {"expected ", what, ", found ", quote, shown, quote});
  }
  [[gnu::cold]] void refuse(errc code, std::string_view at, std::initializer_list<detail::piece> why) {
    if (!fault_) fault_ = error{code, concat({file_, ": ", at, at.empty() ? "" : ": ", concat(why)})};
  }

 private:
  [[gnu::cold]] const json::value* typed(std::string_view name, json::value::kind kind, std::string_view what) {
    const json::value* v = find(name);
    if (v == nullptr || v->is(kind)) return v;
    expected(what, *v, path(name));
    return nullptr;
  }
  template <class T>
  std::optional<T> need(std::string_view name, std::optional<T> value) {
    if (!value) missing(name);
    return value;
  }
  [[gnu::cold]] void missing(std::string_view name) {
    refuse(errc::missing_field, path(name), {"expected a value, found none"});
  }

  const json::value& object_;
  std::string_view file_;
  std::string path_;
  std::optional<error>& fault_;
};

}  // namespace distilbert::detail
