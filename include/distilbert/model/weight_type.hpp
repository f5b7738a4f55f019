#pragma once
#include <string_view>

#include "distilbert/io/dtype.hpp"
#include "distilbert/model/linear_f32.hpp"
#include "distilbert/model/linear_format.hpp"
#include "distilbert/model/linear_half.hpp"
#include "distilbert/model/linear_int8.hpp"

namespace distilbert {

/// How the weights of a model's linear layers and word embeddings lie in memory, and are computed with.
///
/// A program carries the kernels of those types alone that it names: `weight_type::int8` costs nothing where nobody
/// writes it. Everything else of a model (norms, biases, positions, head) is f32.
class weight_type {
 public:
  static const weight_type f32;     ///< exactly the file's weights, widened where they are f16 or bf16
  static const weight_type f16;     ///< half the memory; products as of f32, with weights rounded to 11 bits
  static const weight_type bf16;    ///< half the memory; products as of f32, with weights rounded to 8 bits
  static const weight_type int8;    ///< a quarter of the memory; integer products, see docs/ACCURACY.md
  static const weight_type stored;  ///< whichever of these the files hold

  /// "f32", "f16", "bf16", "int8", "stored".
  constexpr std::string_view name() const noexcept { return name_; }
  /// What computes with weights that a file holds as `type`; nullptr where this type does not take them.
  const linear_format* format(dtype type) const noexcept { return format_(type); }

  friend constexpr bool operator==(const weight_type& a, const weight_type& b) noexcept { return a.name_ == b.name_; }

 private:
  using chooser = const linear_format* (*)(dtype) noexcept;
  constexpr weight_type(std::string_view name, chooser format) noexcept : name_(name), format_(format) {}

  template <const linear_format& format, dtype widest>
  static const linear_format* of(dtype type) noexcept {
    const bool number = type == dtype::f32 || type == dtype::f16 || type == dtype::bf16;
    return number || type == widest ? &format : nullptr;
  }
  static const linear_format* as_stored(dtype type) noexcept {
    switch (type) {
      case dtype::f16: return &detail::half_format<kernels::weight_format::f16>;
      case dtype::bf16: return &detail::half_format<kernels::weight_format::bf16>;
      case dtype::i8: return &detail::int8_format;
      case dtype::f32: return &detail::f32_format;
      default: return nullptr;
    }
  }

  std::string_view name_;
  chooser format_;
};

inline constexpr weight_type weight_type::f32{"f32", of<detail::f32_format, dtype::f32>};
inline constexpr weight_type weight_type::f16{"f16", of<detail::half_format<kernels::weight_format::f16>, dtype::f16>};
inline constexpr weight_type weight_type::bf16{"bf16",
                                               of<detail::half_format<kernels::weight_format::bf16>, dtype::bf16>};
inline constexpr weight_type weight_type::int8{"int8", of<detail::int8_format, dtype::i8>};
inline constexpr weight_type weight_type::stored{"stored", as_stored};

/// The weight type of this name; nullptr when there is none. Whoever calls it carries the kernels of all.
inline const weight_type* find_weight_type(std::string_view name) noexcept {
  for (const weight_type* type :
       {&weight_type::f32, &weight_type::f16, &weight_type::bf16, &weight_type::int8, &weight_type::stored})
    if (type->name() == name) return type;
  return nullptr;
}

}  // namespace distilbert
