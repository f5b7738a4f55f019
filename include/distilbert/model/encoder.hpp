#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "distilbert/core/executor.hpp"
#include "distilbert/io/model_config.hpp"
#include "distilbert/model/attention.hpp"
#include "distilbert/model/embeddings.hpp"
#include "distilbert/model/feed_forward.hpp"
#include "distilbert/model/layer_norm.hpp"
#include "distilbert/model/ragged_batch.hpp"
#include "distilbert/model/workspace.hpp"

namespace distilbert {

/// One layer, post-norm. Source: transformers modeling_distilbert.py, TransformerBlock.
struct transformer_layer {
  self_attention attention;      ///< up to its residual
  layer_norm sa_layer_norm;      ///< after attention
  feed_forward ffn;              ///< up to its residual
  layer_norm output_layer_norm;  ///< after the feed forward

  /// x = LN(x + attention(x)); x = LN(x + ffn(x)), for the rows read. Returns where these rows are.
  matrix operator()(const ragged_batch& batch, matrix x, rows_read read, workspace& w, parallel_ref parallel) const {
    const matrix in = read == rows_read::all ? x : w.first.slice(0, static_cast<isize>(batch.texts()));
    const matrix y = w.y.slice(0, in.rows);
    if (read == rows_read::first)
      for (std::size_t t = 0; t < batch.texts(); ++t)
        std::copy_n(x.row(static_cast<isize>(batch.row(t))), x.ld, in.row(static_cast<isize>(t)));

    attention(batch, x, read, in, y, w, parallel);
    sa_layer_norm(y, in, parallel);
    ffn(in, y, w, parallel);
    output_layer_norm(y, in, parallel);
    return in;
  }
};

/// The whole encoder: embeddings and layers. Immutable once loaded; every call writes only to its workspace.
/// Source: transformers modeling_distilbert.py, DistilBertModel.
class encoder {
 public:
  /// The hidden states of the last layer: of all tokens, or of each text's first.
  matrix operator()(const ragged_batch& batch, rows_read read, workspace& w, parallel_ref parallel = {}) const {
    matrix x = w.x.slice(0, static_cast<isize>(batch.tokens()));
    embeddings_(batch, x, parallel);
    for (const transformer_layer& layer : layers_)
      x = layer(batch, x, &layer == &layers_.back() ? read : rows_read::all, w, parallel);
    return x;
  }

  /// Floats that load() takes from the arena.
  static isize arena_floats(const linear_kernels& kernels, const model_config& config) noexcept {
    const isize dim = config.dim;
    const isize layer = self_attention::arena_floats(kernels, dim) + 2 * layer_norm::arena_floats(dim) +
                        feed_forward::arena_floats(kernels, dim, config.hidden_dim);
    return embeddings::arena_floats(dim, config.max_position_embeddings) + config.n_layers * layer;
  }

  /// @param prefix "distilbert." in a checkpoint with a head, "" in a bare one.
  /// @param borrow see embeddings::load.
  [[gnu::cold]] static encoder load(weight_reader& reader, const std::string& prefix, const model_config& config,
                                    bool borrow, weight_arena& arena) {
    const isize dim = config.dim;
    encoder e;
    e.embeddings_ = embeddings::load(reader, prefix + "embeddings", config.vocab_size, dim,
                                     config.max_position_embeddings, borrow, arena);
    for (isize i = 0; i < config.n_layers && !reader.failed() && !arena.failed(); ++i) {
      const std::string name = prefix + "transformer.layer." + std::to_string(i);
      transformer_layer& layer = e.layers_.emplace_back();
      layer.attention = self_attention::load(reader, name + ".attention", dim, config.n_heads, arena);
      layer.sa_layer_norm = layer_norm::load(reader, name + ".sa_layer_norm", dim, arena);
      layer.ffn = feed_forward::load(reader, name + ".ffn", dim, config.hidden_dim, activation_of(config), arena);
      layer.output_layer_norm = layer_norm::load(reader, name + ".output_layer_norm", dim, arena);
    }
    return e;
  }

  /// Memory of a word table that is not the file's own, in bytes.
  std::size_t copied_bytes() const noexcept { return embeddings_.copied_bytes(); }

 private:
  static kernels::activation activation_of(const model_config& config) noexcept {
    switch (config.activation) {
      case activation_function::gelu_new: return kernels::activation::gelu_new;
      case activation_function::relu: return kernels::activation::relu;
      case activation_function::silu: return kernels::activation::silu;
      case activation_function::gelu: break;
    }
    return kernels::activation::gelu;
  }

  embeddings embeddings_;
  std::vector<transformer_layer> layers_;
};

}  // namespace distilbert
