#pragma once
#include <string>

#include "distilbert/core/executor.hpp"
#include "distilbert/model/matrix.hpp"
#include "distilbert/model/weight_arena.hpp"
#include "distilbert/model/weights.hpp"

namespace distilbert {

/// Not in any config.json: Transformers has this value in the code of every DistilBERT layer norm.
inline constexpr float layer_norm_epsilon = 1e-12F;

/// A layer norm over rows of n floats.
class layer_norm {
 public:
  /// Floats that load() takes from the arena.
  static isize arena_floats(isize n) noexcept { return 2 * weight_arena::padded(n); }

  /// Reads `<name>.weight` and `<name>.bias`; conversions from TensorFlow call them gamma and beta.
  [[gnu::cold]] static layer_norm load(weight_reader& reader, const std::string& name, isize n, weight_arena& arena) {
    const bool old_names = !reader.has(name + ".weight") && reader.has(name + ".gamma");
    layer_norm norm;
    norm.kernels_ = &reader.kernels();
    norm.gamma_ = arena.section(
        name + ".weight", n, [&](float* out) { reader.floats(name + (old_names ? ".gamma" : ".weight"), {n}, out); });
    norm.beta_ = arena.section(name + ".bias", n,
                               [&](float* out) { reader.floats(name + (old_names ? ".beta" : ".bias"), {n}, out); });
    norm.n_ = n;
    return norm;
  }

  /// [n] scales.
  const float* gamma() const noexcept { return gamma_; }
  /// [n] shifts.
  const float* beta() const noexcept { return beta_; }

  /// y = normalised x; y may be x.
  [[gnu::noinline]] void operator()(matrix x, matrix y, parallel_ref parallel) const {
    const isize pieces = std::min(static_cast<isize>(parallel.concurrency()), x.rows);
    parallel(static_cast<std::size_t>(pieces), [&](std::size_t piece) {
      const isize i = static_cast<isize>(piece), row = x.rows * i / pieces, end = x.rows * (i + 1) / pieces;
      kernels_->layer_norm({.x = x.row(row),
                            .ldx = x.ld,
                            .y = y.row(row),
                            .ldy = y.ld,
                            .gamma = gamma_,
                            .beta = beta_,
                            .epsilon = layer_norm_epsilon,
                            .rows = end - row,
                            .n = n_});
    });
  }

 private:
  const kernels::kernel_table* kernels_ = nullptr;
  const float* gamma_ = nullptr;
  const float* beta_ = nullptr;
  isize n_ = 0;
};

}  // namespace distilbert
