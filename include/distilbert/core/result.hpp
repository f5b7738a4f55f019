#pragma once
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "distilbert/core/config.hpp"

#if DISTILBERT_EXCEPTIONS
#include <stdexcept>
#endif

namespace distilbert {

/// What went wrong, in one stable word. New values are only ever appended; `error::message` says the rest.
enum class errc {
  file_not_found = 1,     ///< no file or directory of this name
  io_error,               ///< the system could not open, read or map it
  invalid_json,           ///< not JSON, a key given twice, or nested too deeply
  missing_field,          ///< a field that is needed is absent
  invalid_field,          ///< a field of the wrong type or outside its range
  unsupported_model,      ///< a valid model, but not one that this library runs
  header_too_small,       ///< safetensors: fewer than 8 bytes
  header_too_large,       ///< safetensors: header length above 100,000,000
  invalid_header_length,  ///< safetensors: the header would end beyond the file
  invalid_header,         ///< safetensors: the header is not UTF-8, or not an object of tensors
  invalid_offset,         ///< safetensors: tensors overlap, leave a hole, or end before they begin
  invalid_tensor_size,    ///< safetensors: shape and byte range disagree, or overflow
  incomplete_buffer,      ///< safetensors: the tensors do not end where the file ends
  unsupported_dtype,      ///< a known tensor type that cannot hold the weights asked for
  missing_tensor,         ///< a weight that the configuration asks for is not in the file
  unexpected_tensor,      ///< a weight that the configuration has no place for
  shape_mismatch,         ///< a weight's shape does not follow from the configuration
  invalid_vocabulary,     ///< vocab.txt or tokenizer.json cannot be a WordPiece vocabulary
  unsupported_tokenizer,  ///< a valid tokenizer of a kind that this library does not run
  unsupported_isa,        ///< the instruction set asked for is unknown or not on this machine
  invalid_argument,       ///< an option or argument outside its range
  invalid_input,          ///< a line of an input file that cannot be read as asked
  out_of_memory,          ///< memory for the model could not be had
  invalid_packed_file,    ///< not a packed file, or a damaged one
  packed_mismatch,        ///< a packed file for other kernels, of another version or byte order, or of other weights
  manifest_mismatch,      ///< a model's file is not the one that the manifest names
  self_test_failed,       ///< self_test() has found something wrong
  not_finite,             ///< a weight, or what came of the weights, is NaN or infinite
};

/// The name of an errc as it is written in the source, for logs and scripts.
constexpr std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::file_not_found: return "file_not_found";
    case errc::io_error: return "io_error";
    case errc::invalid_json: return "invalid_json";
    case errc::missing_field: return "missing_field";
    case errc::invalid_field: return "invalid_field";
    case errc::unsupported_model: return "unsupported_model";
    case errc::header_too_small: return "header_too_small";
    case errc::header_too_large: return "header_too_large";
    case errc::invalid_header_length: return "invalid_header_length";
    case errc::invalid_header: return "invalid_header";
    case errc::invalid_offset: return "invalid_offset";
    case errc::invalid_tensor_size: return "invalid_tensor_size";
    case errc::incomplete_buffer: return "incomplete_buffer";
    case errc::unsupported_dtype: return "unsupported_dtype";
    case errc::missing_tensor: return "missing_tensor";
    case errc::unexpected_tensor: return "unexpected_tensor";
    case errc::shape_mismatch: return "shape_mismatch";
    case errc::invalid_vocabulary: return "invalid_vocabulary";
    case errc::unsupported_tokenizer: return "unsupported_tokenizer";
    case errc::unsupported_isa: return "unsupported_isa";
    case errc::invalid_argument: return "invalid_argument";
    case errc::invalid_input: return "invalid_input";
    case errc::out_of_memory: return "out_of_memory";
    case errc::invalid_packed_file: return "invalid_packed_file";
    case errc::packed_mismatch: return "packed_mismatch";
    case errc::manifest_mismatch: return "manifest_mismatch";
    case errc::self_test_failed: return "self_test_failed";
    case errc::not_finite: return "not_finite";
  }
  return "unknown";
}

/// A failure: its kind, and a sentence that names the file and field, what was expected and what was found.
struct error {
  errc code = {};       ///< the kind
  std::string message;  ///< the sentence
};

#if DISTILBERT_EXCEPTIONS
/// Thrown by result<T>::value() on a failure, when exceptions are enabled. what() is the error's message.
class result_error : public std::runtime_error {
 public:
  /// For value().
  explicit result_error(const error& e) : std::runtime_error(e.message), code_(e.code) {}
  /// The error's kind.
  errc code() const noexcept { return code_; }

 private:
  errc code_;
};
#endif

namespace detail {
[[noreturn, gnu::noinline, gnu::cold]] inline void raise(const error& e) {
#if DISTILBERT_EXCEPTIONS
  throw result_error(e);
#else
  std::fprintf(stderr, "distilbert: %s\n", e.message.c_str());
  std::abort();
#endif
}

/// An error or nothing, in the size of a pointer. Its functions stay out of line: every function of the library that
/// can fail would hold copies of them otherwise, which are slow to compile.
class error_box {
 public:
  error_box() = default;
  [[gnu::noinline, gnu::cold]] explicit error_box(error&& e) : error_(new error(std::move(e))) {}
  [[gnu::noinline, gnu::cold]] error_box(const error_box& other) : error_(other ? new error(*other) : nullptr) {}
  error_box(error_box&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
  error_box& operator=(error_box other) noexcept { return std::swap(error_, other.error_), *this; }
  ~error_box() {
    if (error_ != nullptr) free(error_);
  }
  explicit operator bool() const noexcept { return error_ != nullptr; }
  error& operator*() const noexcept { return *error_; }

 private:
  [[gnu::noinline, gnu::cold]] static void free(error* e) { delete e; }
  error* error_ = nullptr;
};
}  // namespace detail

/// Either a T or an error, shaped like std::expected<T, error>.
///
/// value() throws result_error on a failure (without exceptions: prints the message and aborts);
/// operator* and error() must only be called after a look at has_value().
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;                  ///< what a success holds
  using error_type = distilbert::error;  ///< what a failure holds

  /// A success.
  template <class U = T>
  requires(std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, result> &&
           !std::is_same_v<std::remove_cvref_t<U>, error_type>) result(U&& value)
      : value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)
  /// A failure.
  result(error_type e) : error_(std::move(e)) {}  // NOLINT(google-explicit-constructor)

  /// Whether there is a value.
  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  /// The same.
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; on a failure throws result_error, or aborts without exceptions.
  T& value() & { return check(), **this; }
  /// The same, read-only.
  const T& value() const& { return check(), **this; }
  /// The same, to be moved from.
  T&& value() && { return check(), *std::move(*this); }

  /// The value; undefined on a failure.
  T& operator*() & noexcept { return *value_; }
  /// The same, read-only.
  const T& operator*() const& noexcept { return *value_; }
  /// The same, to be moved from.
  T&& operator*() && noexcept { return std::move(*value_); }
  /// A member of the value; undefined on a failure.
  T* operator->() noexcept { return std::addressof(*value_); }
  /// The same, read-only.
  const T* operator->() const noexcept { return std::addressof(*value_); }

  /// The error; undefined on a success.
  error_type& error() & noexcept { return *error_; }
  /// The same, read-only.
  const error_type& error() const& noexcept { return *error_; }
  /// The same, to be moved from.
  error_type&& error() && noexcept { return std::move(*error_); }

  /// The value, or `fallback` after a failure.
  template <class U>
  T value_or(U&& fallback) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  void check() const {
    if (!has_value()) detail::raise(*error_);
  }
  // Beside each other rather than in a variant, which takes five times as long to compile.
  std::optional<T> value_;
  detail::error_box error_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;               ///< nothing
  using error_type = distilbert::error;  ///< what a failure holds

  result() = default;
  /// A failure.
  result(error_type e) : error_(std::move(e)) {}  // NOLINT(google-explicit-constructor)

  /// Whether it is a success.
  [[nodiscard]] bool has_value() const noexcept { return !error_; }
  /// The same.
  explicit operator bool() const noexcept { return has_value(); }
  /// Nothing; on a failure throws result_error, or aborts without exceptions.
  void value() const {
    if (error_) detail::raise(*error_);
  }
  /// The error; undefined on a success.
  const error_type& error() const& noexcept { return *error_; }
  /// The same, to be moved from.
  error_type&& error() && noexcept { return std::move(*error_); }

 private:
  detail::error_box error_;
};

}  // namespace distilbert
