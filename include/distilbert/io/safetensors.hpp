#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/json.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/dtype.hpp"

namespace distilbert {

/// One tensor of a file: row-major, little-endian. The bytes need not be aligned.
struct tensor_view {
  std::string name;                  ///< as in the file
  dtype type = dtype::f32;           ///< of its elements
  std::vector<std::uint64_t> shape;  ///< empty for a scalar; a zero makes an empty tensor
  std::span<const std::byte> bytes;  ///< where its elements lie, row-major

  /// The product of the shape.
  std::uint64_t elements() const noexcept {
    std::uint64_t count = 1;
    for (const std::uint64_t n : shape) count *= n;
    return count;
  }
};

/// The order in which tensors are kept, and how one is found in it.
struct by_name {
  /// Whether `a` comes before `b`.
  bool operator()(const tensor_view& a, const tensor_view& b) const noexcept { return a.name < b.name; }

  // By heap, here and elsewhere: std::sort takes three times as long to compile.
  /// Brings tensors into the order that find() needs.
  [[gnu::cold]] static void sort(std::span<tensor_view> tensors) {
    std::make_heap(tensors.begin(), tensors.end(), by_name{});
    std::sort_heap(tensors.begin(), tensors.end(), by_name{});
  }
  /// The tensor of this name; nullptr when there is none.
  static const tensor_view* find(std::span<const tensor_view> sorted, std::string_view name) noexcept {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), name,
                                     [](const tensor_view& t, std::string_view n) { return t.name < n; });
    return at != sorted.end() && at->name == name ? &*at : nullptr;
  }
};

/// A parsed safetensors file: names, types, shapes, and views of the bytes, each inside the file and none overlapping.
///
/// Accepts and refuses what the reference reader does (safetensors/src/tensor.rs), and refuses a name given twice.
class safetensors {
 public:
  /// Headers beyond this many bytes are refused unread, as the reference does.
  static constexpr std::uint64_t max_header = 100'000'000;

  /// Parses `file`, which must outlive the result. `where` names it in messages.
  ///
  /// Errors: header_too_small, header_too_large, invalid_header_length, invalid_header, invalid_offset,
  /// invalid_tensor_size, incomplete_buffer.
  [[gnu::cold]] static result<safetensors> parse(std::span<const std::byte> file, std::string_view where) {
    const auto fail = [&](errc code, const std::string& what) {
      return error{code, detail::concat({where, ": ", what})};
    };
    if (file.size() < 8)
      return fail(errc::header_too_small,
                  detail::concat({"expected at least 8 bytes of header length, found ", file.size()}));
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 8; ++i) length |= std::to_integer<std::uint64_t>(file[i]) << (8 * i);
    if (length > max_header)
      return fail(errc::header_too_large,
                  detail::concat({"expected a header of at most ", max_header, " bytes, found ", length}));
    if (length > file.size() - 8)
      return fail(errc::invalid_header_length,
                  detail::concat({"the header's ", length, " bytes end beyond the ", file.size() - 8, " that follow"}));
    const auto header = file.subspan(8, static_cast<std::size_t>(length));
    if (!header.empty() && header[0] == std::byte{0xEF})
      return fail(errc::invalid_header, "header: expected a JSON object, found a byte order mark");
    auto root = json::parse({reinterpret_cast<const char*>(header.data()), header.size()}, "header");
    if (!root) return fail(errc::invalid_header, root.error().message);
    if (!root->is(json::value::kind::object))
      return fail(errc::invalid_header, detail::concat({"header: expected an object, found ", root->describe()}));

    safetensors parsed;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (json::member& entry : root->members) {
      auto read = entry.name == "__metadata__" ? parsed.read_metadata(entry.value)
                                               : parsed.read_tensor(std::move(entry), ranges);
      if (!read) return fail(read.error().code, read.error().message);
    }
    if (auto placed = parsed.place(ranges, file.subspan(8 + static_cast<std::size_t>(length))); !placed)
      return fail(placed.error().code, placed.error().message);
    return parsed;
  }

  /// The tensor of this name; nullptr when there is none.
  const tensor_view* find(std::string_view name) const noexcept { return by_name::find(tensors_, name); }
  /// All tensors, sorted by name.
  std::span<const tensor_view> tensors() const noexcept { return tensors_; }
  /// The entries of `__metadata__`, in the order of the file.
  std::span<const std::pair<std::string, std::string>> metadata() const noexcept { return metadata_; }

 private:
  using kind = json::value::kind;

  [[gnu::cold]] result<void> read_metadata(json::value& entries) {
    if (entries.is(kind::null)) return {};
    if (!entries.is(kind::object))
      return error{errc::invalid_header,
                   detail::concat({"__metadata__: expected an object, found ", entries.describe()})};
    for (json::member& m : entries.members) {
      if (!m.value.is(kind::string))
        return error{errc::invalid_header,
                     detail::concat({"__metadata__: ", m.name, ": expected a string, found ", m.value.describe()})};
      metadata_.emplace_back(std::move(m.name), std::move(m.value.string));
    }
    return {};
  }

  [[gnu::cold]] result<void> read_tensor(json::member entry,
                                         std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges) {
    const auto fail = [&](const std::string& what) {
      return error{errc::invalid_header, detail::concat({"tensor ", entry.name, ": ", what})};
    };
    const auto unsigned_list = [](const json::value* list) {
      return list != nullptr && list->is(kind::array) &&
             std::all_of(list->items.begin(), list->items.end(),
                         [](const json::value& v) { return v.is(kind::unsigned_integer); });
    };
    if (!entry.value.is(kind::object))
      return fail(detail::concat({"expected an object, found ", entry.value.describe()}));
    const json::value* type = entry.value.find("dtype");
    if (type == nullptr || !type->is(kind::string)) return fail("dtype: expected a string");
    const auto known = dtype_of(type->string);
    if (!known) return fail(detail::concat({"dtype: \"", type->string, "\" is none of the format's types"}));
    const json::value* shape = entry.value.find("shape");
    if (!unsigned_list(shape)) return fail("shape: expected a list of unsigned integers");
    const json::value* offsets = entry.value.find("data_offsets");
    if (!unsigned_list(offsets) || offsets->items.size() != 2)
      return fail("data_offsets: expected a list of two unsigned integers");
    tensor_view& tensor = tensors_.emplace_back();
    tensor.type = *known;
    for (const json::value& n : shape->items) tensor.shape.push_back(n.integer);
    ranges.emplace_back(offsets->items[0].integer, offsets->items[1].integer);
    tensor.name = std::move(entry.name);
    return {};
  }

  // Bytes of a tensor by its shape and type; the error says why there is no such number.
  [[gnu::cold]] static result<std::uint64_t> byte_size(const tensor_view& tensor) {
    constexpr std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t bits = 1;
    const auto multiply = [&](std::uint64_t n) {
      const bool fits = n == 0 || bits <= limit / n;
      bits *= n;
      return fits;
    };
    if (!std::all_of(tensor.shape.begin(), tensor.shape.end(), multiply) || !multiply(bits_of(tensor.type)))
      return error{errc::invalid_tensor_size,
                   detail::concat({"tensor ", tensor.name, ": its shape overflows 64 bits"})};
    if (bits % 8 != 0)
      return error{errc::invalid_tensor_size,
                   detail::concat({"tensor ", tensor.name, ": ", bits, " bits are no whole number of bytes"})};
    return bits / 8;
  }

  // Checks that the ranges, in order, cover the data from its first byte to its last, and makes the views.
  [[gnu::cold]] result<void> place(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges,
                                   std::span<const std::byte> data) {
    std::vector<std::size_t> order(tensors_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto earlier = [&](std::size_t a, std::size_t b) { return ranges[a] < ranges[b]; };
    std::make_heap(order.begin(), order.end(), earlier);
    std::sort_heap(order.begin(), order.end(), earlier);
    std::uint64_t covered = 0;
    for (const std::size_t i : order) {
      tensor_view& tensor = tensors_[i];
      const auto [begin, end] = ranges[i];
      if (begin != covered || end < begin)
        return error{errc::invalid_offset, detail::concat({"tensor ", tensor.name, ": expected its bytes to begin at ",
                                                           covered, ", found ", begin, " to ", end})};
      const auto size = byte_size(tensor);
      if (!size) return size.error();
      if (end - begin != *size)
        return error{errc::invalid_tensor_size, detail::concat({"tensor ", tensor.name, ": expected ", *size,
                                                                " bytes by its shape and type, found ", end - begin})};
      covered = end;
      if (end <= data.size())
        tensor.bytes = data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(*size));
    }
    if (covered != data.size())
      return error{errc::incomplete_buffer,
                   detail::concat({"expected ", covered, " bytes of tensors by the header, found ", data.size()})};
    by_name::sort(tensors_);
    return {};
  }

  std::vector<tensor_view> tensors_;
  std::vector<std::pair<std::string, std::string>> metadata_;
};

}  // namespace distilbert
