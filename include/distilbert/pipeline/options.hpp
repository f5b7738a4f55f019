#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "distilbert/core/executor.hpp"
#include "distilbert/core/mapped_file.hpp"
#include "distilbert/kernels/kernel_table.hpp"
#include "distilbert/model/weight_type.hpp"

namespace distilbert {

/// How a model is brought into memory.
struct load_options {
  /// `copy` reads the files whole; with `map` the word embeddings stay in the mapped file.
  file_access access = file_access::map;
  /// Name of the instruction set to use ("baseline", "avx2", "avx512", "neon"); empty: the best of this machine.
  std::string_view isa = {};
  /// Kernels of your own, which must outlive the model; overrules `isa`.
  const kernels::kernel_table* kernels = nullptr;
  /// What the weights become, whatever they are in their files: `weight_type::int8` rounds those of f32 while loading.
  /// Integers of a file are never widened: a directory of int8 weights asks for `int8`, or for `stored`.
  weight_type weights = weight_type::f32;
  /// Accept a tokenizer with fewer tokens than config.json's vocab_size. Some models pad their embeddings so; far more
  /// often vocab.txt is cut short or another model's, which would give wrong labels with confidence.
  bool padded_vocabulary = false;
  /// Use the directory's packed file in place, where it is there and fits (text_model::packed_name).
  bool use_packed = true;
  /// Runs the packing of the weights; the calling thread alone, when there is none.
  parallel_ref executor = {};
};

/// How logits become scores.
enum class score_function {
  softmax,  ///< they add up to 1
  sigmoid,  ///< each in (0, 1) by itself
  none,     ///< the logits themselves
};

/// The name of a function, as it is written in the source.
constexpr std::string_view to_string(score_function f) noexcept {
  switch (f) {
    case score_function::softmax: return "softmax";
    case score_function::sigmoid: return "sigmoid";
    case score_function::none: break;
  }
  return "none";
}

/// What one call may ask for. None of it changes a bit of the logits, except where max_length cuts a text.
struct classify_options {
  /// Tokens of a text that are read, [CLS] and [SEP] included; 0, or more than the model takes, means all it takes.
  std::size_t max_length = 0;
  /// Overrules the function that the model's configuration asks for.
  std::optional<score_function> function = {};
  /// Runs the work; the calling thread alone, when there is none.
  parallel_ref executor = {};
};

}  // namespace distilbert
