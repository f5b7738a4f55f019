#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace distilbert {

/// Element types that a safetensors file may name. Source: safetensors/src/tensor.rs, Dtype.
enum class dtype : std::uint8_t {
  boolean,
  f4,
  f6_e2m3,
  f6_e3m2,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  f8_e8m0,
  f8_e4m3fnuz,
  f8_e5m2fnuz,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  c64,
  f64,
  i64,
  u64
};

namespace detail {
struct dtype_info {
  dtype type;
  std::string_view name;
  unsigned bits;
  bool integer;
};
inline constexpr std::array dtypes = {dtype_info{dtype::boolean, "BOOL", 8, true},
                                      dtype_info{dtype::f4, "F4", 4, false},
                                      dtype_info{dtype::f6_e2m3, "F6_E2M3", 6, false},
                                      dtype_info{dtype::f6_e3m2, "F6_E3M2", 6, false},
                                      dtype_info{dtype::u8, "U8", 8, true},
                                      dtype_info{dtype::i8, "I8", 8, true},
                                      dtype_info{dtype::f8_e5m2, "F8_E5M2", 8, false},
                                      dtype_info{dtype::f8_e4m3, "F8_E4M3", 8, false},
                                      dtype_info{dtype::f8_e8m0, "F8_E8M0", 8, false},
                                      dtype_info{dtype::f8_e4m3fnuz, "F8_E4M3FNUZ", 8, false},
                                      dtype_info{dtype::f8_e5m2fnuz, "F8_E5M2FNUZ", 8, false},
                                      dtype_info{dtype::i16, "I16", 16, true},
                                      dtype_info{dtype::u16, "U16", 16, true},
                                      dtype_info{dtype::f16, "F16", 16, false},
                                      dtype_info{dtype::bf16, "BF16", 16, false},
                                      dtype_info{dtype::i32, "I32", 32, true},
                                      dtype_info{dtype::u32, "U32", 32, true},
                                      dtype_info{dtype::f32, "F32", 32, false},
                                      dtype_info{dtype::c64, "C64", 64, false},
                                      dtype_info{dtype::f64, "F64", 64, false},
                                      dtype_info{dtype::i64, "I64", 64, true},
                                      dtype_info{dtype::u64, "U64", 64, true}};

constexpr const dtype_info& info(dtype type) noexcept {
  for (const dtype_info& i : dtypes)
    if (i.type == type) return i;
  return dtypes.front();
}
}  // namespace detail

/// The name in a safetensors header, such as "BF16".
constexpr std::string_view to_string(dtype type) noexcept { return detail::info(type).name; }

/// Bits of one element.
constexpr unsigned bits_of(dtype type) noexcept { return detail::info(type).bits; }

/// Whether the elements are integers or truth values.
constexpr bool is_integer(dtype type) noexcept { return detail::info(type).integer; }

/// The type of this name, if there is one.
constexpr std::optional<dtype> dtype_of(std::string_view name) noexcept {
  for (const detail::dtype_info& i : detail::dtypes)
    if (i.name == name) return i.type;
  return std::nullopt;
}

}  // namespace distilbert
