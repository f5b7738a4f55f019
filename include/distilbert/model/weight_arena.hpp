#pragma once
#include <cassert>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/packed_file.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/matrix.hpp"

namespace distilbert {

/// Where a model's weights lie, as sections in the order in which the forward pass reads them, so that what is fetched
/// ahead past the end of one is the beginning of the next: in one block of memory, filled at load, or in a packed file,
/// used in place.
///
/// Remembers the first failure; the model asks once, by finish().
class weight_arena {
 public:
  /// Memory for all sections that will be asked for.
  [[nodiscard]] bool allocate(isize floats) noexcept {
    used_ = 0;
    return memory_.allocate(static_cast<std::size_t>(floats));
  }
  /// Every section from now on is the next one of this file.
  void use(packed_file file) noexcept { file_ = std::move(file); }
  /// The file of use(); nullptr without one.
  const packed_file* file() const noexcept { return file_ ? &*file_ : nullptr; }

  /// The next section, aligned to 64 bytes: `floats` numbers, which fill(float*) writes where no file has them.
  template <class Fill>
  [[gnu::cold]] const float* section(std::string name, isize floats, Fill fill) {
    const std::byte* begin =
        section(std::move(name), dtype::f32, floats, [&](std::byte* bytes) { fill(reinterpret_cast<float*>(bytes)); });
    return reinterpret_cast<const float*>(begin);
  }

  /// The same for `count` elements of `type`, which fill(std::byte*) writes.
  template <class Fill>
  [[gnu::cold]] const std::byte* section(std::string name, dtype type, isize count, Fill fill) {
    if (file_) return next(name, type, static_cast<std::size_t>(count)).data();
    assert(static_cast<std::size_t>(used_ + padded(count, type)) <= memory_.size());
    auto* begin = reinterpret_cast<std::byte*>(memory_.data() + used_);
    used_ += padded(count, type);
    fill(begin);
    add(std::move(name), type, {begin, static_cast<std::size_t>(count) * (bits_of(type) / 8)});
    return begin;
  }

  /// The next section of the file, which must have this name, and `count` elements of `type`, or of f32, f16, bf16
  /// or i8, where no type is named. Empty, with the failure remembered, where it has not.
  [[gnu::cold]] std::span<const std::byte> next(const std::string& name, std::optional<dtype> type, std::size_t count) {
    const std::size_t i = sections_.size();
    if (failure_) return {};
    const auto fail = [&](errc code, std::initializer_list<detail::piece> what) {
      failure_ = error{code, detail::concat({file_->where(), ": section ", i, ": ", detail::concat(what)})};
      return std::span<const std::byte>();
    };
    if (i == file_->sections().size())
      return fail(errc::missing_tensor, {"the configuration asks for ", name, ", the file has none"});
    const packed_section& found = file_->sections()[i];
    if (found.name != name)
      return fail(errc::missing_tensor, {"expected ", name, " by the configuration, found ", found.name});
    const bool words =
        found.type == dtype::f32 || found.type == dtype::f16 || found.type == dtype::bf16 || found.type == dtype::i8;
    if (type ? found.type != *type : !words)
      return fail(errc::unsupported_dtype, {name, ": expected ", type ? to_string(*type) : "F32, F16, BF16 or I8",
                                            ", found ", to_string(found.type)});
    if (const std::size_t bytes = count * (bits_of(found.type) / 8); found.bytes.size() != bytes)
      return fail(errc::shape_mismatch,
                  {name, ": expected ", bytes, " bytes by the configuration, found ", found.bytes.size()});
    sections_.push_back(found);
    return found.bytes;
  }

  /// Counts bytes that lie elsewhere as the next section.
  [[gnu::cold]] void add(std::string name, dtype type, std::span<const std::byte> bytes) {
    sections_.push_back({std::move(name), type, bytes, 0});
  }

  /// Whether anything has failed.
  bool failed() const noexcept { return failure_.has_value(); }

  /// The first failure; or unexpected_tensor, when the file has sections that nobody has asked for.
  [[gnu::cold]] result<void> finish() const {
    if (failure_) return *failure_;
    if (file_ && sections_.size() != file_->sections().size())
      return error{errc::unexpected_tensor, detail::concat({file_->where(), ": section ", sections_.size(), ": ",
                                                            file_->sections()[sections_.size()].name,
                                                            ": the configuration has no place for it"})};
    return {};
  }

  /// All sections, in order.
  std::span<const packed_section> sections() const noexcept { return sections_; }
  /// Floats of the arena that a section of `count` elements of `type` takes.
  static constexpr isize padded(isize count, dtype type = dtype::f32) noexcept {
    return kernels::round_up((count * (static_cast<isize>(bits_of(type)) / 8) + 3) / 4, 16);
  }
  /// Memory that is not a mapped file's.
  std::size_t bytes() const noexcept {
    return memory_.size() * sizeof(float) + (file_ && !file_->is_mapped() ? file_->bytes().size() : 0);
  }

 private:
  aligned_buffer<float> memory_;
  isize used_ = 0;
  std::optional<packed_file> file_;
  std::vector<packed_section> sections_;
  std::optional<error> failure_;
};

}  // namespace distilbert
