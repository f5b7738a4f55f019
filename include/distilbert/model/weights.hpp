#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/executor.hpp"
#include "distilbert/core/finite.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/checkpoint.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/linear_f32.hpp"
#include "distilbert/model/matrix.hpp"

namespace distilbert {

namespace detail {

// Whether a tensor is what a weight_type speaks of: a matrix of the encoder's layers, or the word embeddings.
inline bool is_typed_weight(const tensor_view& tensor) noexcept {
  const std::string_view name = tensor.name;
  return tensor.shape.size() == 2 && name.ends_with(".weight") &&
         (name.find("transformer.layer.") != name.npos || name.ends_with("word_embeddings.weight"));
}
}  // namespace detail

/// The weights of one checkpoint by their names, checked against the shapes that the configuration asks for.
///
/// Remembers the first failure and what has been read, so that a model is built straight down and asked once at the
/// end, by finish(). After a failure every read is harmless and without meaning.
class weight_reader {
 public:
  /// @param parallel runs what takes long: packing.
  weight_reader(const checkpoint& files, const kernels::kernel_table& table, parallel_ref parallel = {},
                const linear_format& format = detail::f32_format)
      : files_(files), kernels_(table), linear_(table, format), parallel_(parallel), read_(files.tensors().size()) {}

  /// What the weights are packed for.
  const kernels::kernel_table& kernels() const noexcept { return kernels_; }
  /// What the encoder's linear layers are to be computed with.
  const linear_kernels& linear() const noexcept { return linear_; }
  /// What packing runs on.
  const parallel_ref& parallel() const noexcept { return parallel_; }

  /// The tensor `name`; nullptr, with the failure remembered, when it is absent, of another shape, no f32/f16/bf16 (nor
  /// i8, where `integers` are taken), or holds what is no number.
  [[gnu::cold]] const tensor_view* find(const std::string& name, std::initializer_list<isize> shape,
                                        bool integers = false) {
    const tensor_view* tensor = find_unread(name, shape, integers);
    return tensor != nullptr && (tensor->type == dtype::i8 || check_numbers(*tensor)) ? tensor : nullptr;
  }

  /// The same by what the header says alone.
  [[gnu::cold]] const tensor_view* find_unread(const std::string& name, std::initializer_list<isize> shape,
                                               bool integers = false) {
    if (failure_) return nullptr;
    const tensor_view* tensor = files_.find(name);
    if (tensor == nullptr)
      return fail(errc::missing_tensor, name + ": the configuration asks for it, the file has none");
    read_[static_cast<std::size_t>(tensor - files_.tensors().data())] = true;
    bool same = tensor->shape.size() == shape.size();
    for (std::size_t i = 0; same && i < shape.size(); ++i)
      same = tensor->shape[i] == static_cast<std::uint64_t>(shape.begin()[i]);
    if (!same)
      return fail(
          errc::shape_mismatch,
          detail::concat({name, ": expected shape ", describe(std::vector<std::uint64_t>(shape.begin(), shape.end())),
                          " by the configuration, found ", describe(tensor->shape)}));
    if (tensor->type != dtype::f32 && tensor->type != dtype::f16 && tensor->type != dtype::bf16 &&
        !(integers && tensor->type == dtype::i8))
      return fail(errc::unsupported_dtype,
                  detail::concat({name, ": expected F32, F16 or BF16, found ", to_string(tensor->type)}));
    return tensor;
  }

  /// Of f32, f16, bf16 and i8.
  static kernels::weight_format format(dtype type) noexcept {
    if (type == dtype::i8) return kernels::weight_format::i8;
    if (type == dtype::f16) return kernels::weight_format::f16;
    return type == dtype::bf16 ? kernels::weight_format::bf16 : kernels::weight_format::f32;
  }

  /// Says that a tensor will not be read again.
  void release(const tensor_view& tensor) const noexcept { files_.release(tensor); }

  /// The tensor's bytes where its elements are aligned, otherwise a copy in `copy` where they are.
  static const void* aligned(const tensor_view& tensor, std::vector<std::byte>& copy) {
    const std::size_t element = kernels::bytes_of(format(tensor.type));
    if (reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % element == 0) return tensor.bytes.data();
    copy.assign(tensor.bytes.begin(), tensor.bytes.end());
    return copy.data();
  }

  /// The tensor `name` as floats.
  [[gnu::cold]] void floats(const std::string& name, std::initializer_list<isize> shape, float* out) {
    const tensor_view* tensor = find(name, shape);
    if (tensor == nullptr) return;
    std::vector<std::byte> copy;
    kernels_.to_f32(aligned(*tensor, copy), format(tensor->type), out, static_cast<isize>(tensor->elements()));
    release(*tensor);
  }

  /// Whether a tensor of this name is there.
  bool has(const std::string& name) const { return files_.find(name) != nullptr; }

  /// Whether anything has failed.
  bool failed() const noexcept { return failure_.has_value(); }
  /// Remembers a failure, if it is the first.
  [[gnu::cold]] void fail_with(error e) {
    if (!failure_) failure_ = std::move(e);
  }
  /// What is wrong with a tensor's values.
  [[gnu::cold]] void reject(const std::string& name, std::string_view what) {
    fail(errc::invalid_field, detail::concat({name, ": ", what}));
  }

  /// The first failure; or unexpected_tensor, when the file holds floating-point weights that nobody has asked for.
  /// Integer tensors, such as the position_ids of old exports, are buffers of Transformers and hold no weights.
  result<void> finish() && {
    for (std::size_t i = 0; i < read_.size() && !failure_; ++i) {
      const tensor_view& tensor = files_.tensors()[i];
      if (is_integer(tensor.type) || read_[i]) continue;
      fail(errc::unexpected_tensor, tensor.name + ": the configuration has no place for it");
    }
    if (failure_) return *std::move(failure_);
    return {};
  }

 private:
  // Just before a tensor is packed, so that its bytes are read from memory once.
  [[gnu::cold]] bool check_numbers(const tensor_view& tensor) {
    const float_bits bits = tensor.type == dtype::f32   ? float_bits::f32
                            : tensor.type == dtype::f16 ? float_bits::f16
                                                        : float_bits::bf16;
    constexpr std::size_t line = 64;
    const std::size_t size = tensor.bytes.size(), lines = (size + line - 1) / line;
    const std::size_t pieces = std::min(std::max<std::size_t>(lines, 1), parallel_.concurrency());
    std::atomic<bool> numbers{true};
    parallel_(pieces, [&](std::size_t piece) {
      const std::size_t begin = lines * piece / pieces * line,
                        end = std::min(size, lines * (piece + 1) / pieces * line);
      if (!all_finite(tensor.bytes.subspan(begin, end - begin), bits)) numbers = false;
    });
    if (!numbers) fail(errc::not_finite, describe_first_fault(tensor, bits));
    return numbers;
  }

  [[gnu::cold]] static std::string describe_first_fault(const tensor_view& tensor, float_bits bits) {
    const std::size_t element = bits_of(tensor.type) / 8;
    std::size_t i = 0;
    while (all_finite(tensor.bytes.subspan(i * element, element), bits)) ++i;
    return detail::concat({tensor.name, ": expected finite numbers, found NaN or an infinity at element ", i});
  }

  [[gnu::cold]] std::nullptr_t fail(errc code, const std::string& what) {
    if (!failure_) failure_ = error{code, detail::concat({files_.where(), ": tensor ", what})};
    return nullptr;
  }
  [[gnu::cold]] static std::string describe(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (const std::uint64_t n : shape) text = detail::concat({text, text.size() > 1 ? ", " : "", n});
    return text + "]";
  }

  const checkpoint& files_;
  const kernels::kernel_table& kernels_;
  linear_kernels linear_;
  parallel_ref parallel_;
  std::vector<bool> read_;  // of files_.tensors()
  std::optional<error> failure_;
};

}  // namespace distilbert
