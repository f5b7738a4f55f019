#pragma once
// An include of its own: who only loads models does not pay for it.
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/checkpoint.hpp"
#include "distilbert/io/safetensors_writer.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "distilbert/model/weight_type.hpp"
#include "distilbert/model/weights.hpp"

namespace distilbert {

namespace detail {

// The tensors of a checkpoint with some of another type, whose bytes this owns.
class converted_weights {
 public:
  converted_weights(const checkpoint& files, const linear_format& format)
      : files_(files), kernels_(kernels::best_kernels()), linear_(kernels_, format) {}

  result<std::vector<tensor_view>> run() {
    for (const tensor_view& tensor : files_.tensors()) {
      if (tensor.type == dtype::i8)
        return error{errc::unsupported_dtype, concat({files_.where(), ": tensor ", tensor.name,
                                                      ": expected F32, F16 or BF16, found I8: integers are not "
                                                      "rounded again"})};
      if (!is_typed_weight(tensor) || is_integer(tensor.type) ||
          weight_reader::format(tensor.type) == linear_.format->words) {
        all_.push_back(tensor);
        continue;
      }
      const bool words = tensor.name.ends_with("word_embeddings.weight");
      if (const std::string_view fault = words ? convert_words(tensor) : convert_matrix(tensor); !fault.empty())
        return error{errc::invalid_field, concat({files_.where(), ": tensor ", tensor.name, ": ", fault})};
    }
    return std::move(all_);
  }

 private:
  std::vector<std::byte>& add(std::string name, dtype type, std::vector<std::uint64_t> shape) {
    tensor_view tensor{std::move(name), type, std::move(shape), {}};
    std::vector<std::byte>& bytes =
        bytes_.emplace_back(static_cast<std::size_t>(tensor.elements()) * bits_of(type) / 8);
    tensor.bytes = bytes;
    all_.push_back(std::move(tensor));
    return bytes;
  }

  std::vector<float> row(const void* rows, kernels::weight_format format, std::size_t i, std::size_t n) const {
    std::vector<float> x(n);
    kernels_.to_f32(static_cast<const std::byte*>(rows) + i * n * kernels::bytes_of(format), format, x.data(),
                    static_cast<isize>(n));
    return x;
  }

  std::string_view convert_words(const tensor_view& tensor) {
    const auto rows = static_cast<std::size_t>(tensor.shape[0]), n = static_cast<std::size_t>(tensor.shape[1]);
    const linear_format& to = *linear_.format;
    std::vector<std::byte>& words = add(tensor.name, to.type, tensor.shape);
    const bool scaled = to.scales != nullptr;
    std::vector<std::byte>* scales = scaled ? &add(tensor.name + "_scale", dtype::f32, {tensor.shape[0]}) : nullptr;
    std::vector<std::byte> copy;
    const void* from = weight_reader::aligned(tensor, copy);
    for (std::size_t i = 0; i < rows; ++i) {
      float scale = 0;
      const auto x = row(from, weight_reader::format(tensor.type), i, n);
      const auto fault = to.encode_words(linear_.set, x.data(), static_cast<isize>(n),
                                         words.data() + i * n * kernels::bytes_of(to.words), &scale);
      if (!fault.empty()) return fault;
      if (scaled) std::memcpy(scales->data() + i * sizeof scale, &scale, sizeof scale);
    }
    return {};
  }

  std::string_view convert_matrix(const tensor_view& tensor) {
    const linear_format& to = *linear_.format;
    if (to.scales == nullptr) return convert_words(tensor);
    const auto n = static_cast<isize>(tensor.shape[0]), k = static_cast<isize>(tensor.shape[1]);
    const isize blocks = to.scales(k);
    std::vector<std::byte>& values = add(tensor.name, to.type, tensor.shape);
    std::vector<std::byte>& scales =
        add(tensor.name + "_scale", dtype::f32, {tensor.shape[0], static_cast<std::uint64_t>(blocks)});
    std::vector<std::byte> copy;
    linear_int8::table(linear_.set)
        .quantise_weights({weight_reader::aligned(tensor, copy), weight_reader::format(tensor.type), n, k,
                           reinterpret_cast<std::int8_t*>(values.data()), reinterpret_cast<float*>(scales.data())});
    for (isize i = 0; i < n * blocks; ++i)
      if (!kernels::is_int8_scale(reinterpret_cast<const float*>(scales.data())[i])) return linear_int8::beyond;
    return {};
  }

  const checkpoint& files_;
  const kernels::kernel_table& kernels_;
  linear_kernels linear_;
  std::vector<tensor_view> all_;
  std::deque<std::vector<std::byte>> bytes_;
};
}  // namespace detail

/// Writes a checkpoint with the weights of its encoder and its word embeddings as another type: f16, bf16 or int8
/// (docs/FORMAT.md), all other tensors as they are. Loaded, it gives the bits that `files` give with
/// load_options::weights of that type. The same weights give the same bytes; the file appears whole or not at all.
///
/// Errors: invalid_argument for f32 and stored; unsupported_dtype where the checkpoint holds integers; invalid_field
/// for a weight that the type cannot hold; io_error.
[[gnu::cold]] inline result<void> save_weights(const checkpoint& files, const std::filesystem::path& file,
                                               const weight_type& type) {
  if (type == weight_type::f32 || type == weight_type::stored)
    return error{errc::invalid_argument, detail::concat({"weights: expected f16, bf16 or int8, found ", type.name()})};
  detail::converted_weights converted(files, *type.format(dtype::f32));
  auto tensors = converted.run();
  if (!tensors) return std::move(tensors).error();
  const std::array<std::pair<std::string_view, std::string_view>, 2> metadata = {
      {{"distilbert.weights", type.name()}, {"format", "pt"}}};
  return write_safetensors(file, *std::move(tensors), metadata);
}

}  // namespace distilbert
