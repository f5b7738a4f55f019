#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/mapped_file.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/checkpoint.hpp"
#include "distilbert/io/model_config.hpp"
#include "distilbert/kernels/dispatch.hpp"
#include "distilbert/model/encoder.hpp"
#include "distilbert/model/packed_weights.hpp"
#include "distilbert/model/sequence_classification.hpp"
#include "distilbert/pipeline/options.hpp"
#include "distilbert/text/tokenizer.hpp"

namespace distilbert {

/// The files of a model, already in memory. Nothing of them is needed once load() has returned.
struct model_files {
  std::string_view config_json;          ///< of the Hub, as it is
  std::span<const named_bytes> weights;  ///< model.safetensors; or model.safetensors.index.json and its shards
  tokenizer_files tokenizer;             ///< tokenizer.json or vocab.txt, and what goes beside
};

/// A text classifier's tokenizer, configuration and packed weights. Immutable: shared by any number of threads.
class text_model {
 public:
  /// Rows of one forward pass: enough that streaming the weights is paid by many tokens, few enough to stay in cache.
  static constexpr std::size_t pass_tokens = 1024;
  static constexpr std::size_t pass_texts = 256;  ///< Texts of one pass, likewise.

  /// Weights that save_packed() has written, beside model.safetensors or instead of it.
  static constexpr const char* packed_name = "model.packed";

  /// Loads a directory in the Hub's layout: config.json, model.safetensors (or an index and shards), and
  /// tokenizer.json or vocab.txt, with tokenizer_config.json.
  ///
  /// A model.packed of the same weights, for the same kernels, is used in place: nothing is packed, and processes share
  /// its pages. One that does not fit is passed over (packed_mismatch() says why), unless there is nothing else; then
  /// its own kernels are used, where no others are asked for and this machine has them, and otherwise it is an error.
  ///
  /// Errors: those of model_config, checkpoint, packed_file and tokenizer; packed_mismatch; unsupported_model;
  /// unsupported_isa; invalid_vocabulary when the tokenizer has more tokens than the model has embeddings, or fewer;
  /// missing_tensor, unexpected_tensor, shape_mismatch, unsupported_dtype, not_finite; out_of_memory.
  [[gnu::cold]] static result<std::shared_ptr<const text_model>> load(const std::filesystem::path& directory,
                                                                      const load_options& options = {}) {
    auto config_file = mapped_file::open(detail::child(directory, "config.json"), file_access::copy);
    if (!config_file) return std::move(config_file).error();
    auto config = model_config::parse(config_file->text(), detail::child(directory, "config.json").string());
    if (!config) return std::move(config).error();
    auto tokens = tokenizer::load(directory);
    if (!tokens) return std::move(tokens).error();
    const auto model = std::make_shared<text_model>(private_tag{}, *std::move(config), *std::move(tokens));
    if (auto fits = model->prepare(directory.string(), options); !fits) return std::move(fits).error();
    if (options.use_packed) {
      const auto used = model->use_packed(directory, options);
      if (!used) return used.error();
      if (*used) return std::shared_ptr<const text_model>(model);
    }
    auto files = checkpoint::load(directory, options.access);
    if (!files) return std::move(files).error();
    auto done = model->pack(*std::move(files), options.access == file_access::map, directory.string(), options);
    if (!done) return std::move(done).error();
    return std::shared_ptr<const text_model>(model);
  }

  /// The same from memory; `where` names the model in messages.
  [[gnu::cold]] static result<std::shared_ptr<const text_model>> load(const model_files& files,
                                                                      const load_options& options = {},
                                                                      std::string_view where = "memory") {
    auto config = model_config::parse(files.config_json, detail::concat({where, ": config.json"}));
    if (!config) return std::move(config).error();
    auto tokens = tokenizer::from_files(files.tokenizer, where);
    if (!tokens) return std::move(tokens).error();
    auto weights = checkpoint::from_memory(files.weights, where);
    if (!weights) return std::move(weights).error();
    const auto model = std::make_shared<text_model>(private_tag{}, *std::move(config), *std::move(tokens));
    if (auto fits = model->prepare(std::string(where), options); !fits) return std::move(fits).error();
    if (auto done = model->pack(*std::move(weights), false, std::string(where), options); !done)
      return std::move(done).error();
    return std::shared_ptr<const text_model>(model);
  }

  /// What config.json says.
  const model_config& config() const noexcept { return config_; }
  /// The tokenizer of the model's vocabulary.
  const tokenizer& text_tokenizer() const noexcept { return tokenizer_; }
  /// The kernels that it was loaded for.
  const kernels::kernel_table& kernels() const noexcept { return *kernels_; }
  /// The type of the linear layers' weights, "f32" or "int8".
  std::string_view weights() const noexcept { return format_->name; }
  /// The elements of these weights.
  dtype weight_dtype() const noexcept { return format_->type; }
  /// The kernels that compute with them, "avx512" or "amx".
  std::string_view weight_kernels() const noexcept { return format_->describe(set_).name; }
  /// How many labels.
  std::size_t labels() const noexcept { return config_.labels.size(); }
  /// The name of a label, by its id below labels(); lives as long as the model.
  std::string_view label(std::size_t id) const noexcept { return config_.labels[id]; }
  /// Tokens of a text that the model reads at most, [CLS] and [SEP] included.
  std::size_t max_length() const noexcept { return max_length_; }
  /// Memory of the weights that is the model's own, and that of the file where they are used in place.
  std::size_t weight_bytes() const noexcept { return arena_.bytes() + encoder_.copied_bytes(); }
  /// Bytes of files that are used in place; the system may drop their pages, and processes share them.
  std::size_t mapped_bytes() const noexcept {
    if (is_packed() && arena_.file()->is_mapped()) return arena_.file()->bytes().size();
    return files_ ? files_->total_bytes() : 0;
  }
  /// Whether the weights are a packed file's; otherwise, why the one that is there was passed over, if one is.
  bool is_packed() const noexcept { return arena_.file() != nullptr; }
  /// Why a packed file was passed over; empty when none was.
  const std::string& packed_mismatch() const noexcept { return packed_mismatch_; }
  /// The weights as they lie in memory, and what they were made for and of: what save_packed() writes.
  std::span<const packed_section> sections() const noexcept { return arena_.sections(); }
  /// What the sections were packed for, and of what.
  const packed_origin& origin() const noexcept { return origin_; }

  /// What Transformers' pipeline applies when nobody says otherwise.
  /// Source: transformers pipelines/text_classification.py, TextClassificationPipeline.postprocess.
  score_function default_function() const noexcept {
    if (config_.problem == problem_type::regression) return score_function::none;
    if (config_.problem == problem_type::multi_label_classification || labels() == 1) return score_function::sigmoid;
    return score_function::softmax;
  }

  /// Bytes of the arena that one caller needs, whatever it classifies, with an executor of this concurrency.
  std::size_t workspace_bytes(std::size_t threads = 1) const noexcept {
    return workspace::bytes(*kernels_, shape(threads));
  }
  /// Lays a workspace out for executors of this concurrency; false when memory cannot be had.
  [[nodiscard]] bool reserve(workspace& w, std::size_t threads) const noexcept {
    return w.reserve(*kernels_, shape(threads));
  }

  /// Logits [texts x labels], row after row, of one pass.
  ///
  /// @param batch at most pass_texts texts and max(pass_tokens, max_length()) tokens; each text of 1 to
  ///        max_position_embeddings tokens, each id below vocab_size.
  /// @param w reserve()d for the executor's concurrency.
  void logits(const ragged_batch& batch, float* out, workspace& w, parallel_ref parallel = {}) const {
    const fp_environment ieee;
    const isize texts = static_cast<isize>(batch.texts()), labels = static_cast<isize>(config_.labels.size());
    const matrix first = encoder_(batch, rows_read::first, w, parallel);
    head_(first, w.y.slice(0, texts), {out, texts, labels}, parallel);
  }

 private:
  static constexpr const char* prefix = "distilbert.";

  // Chooses the kernels, and checks what needs no weights.
  [[gnu::cold]] result<void> prepare(const std::string& where, const load_options& options) {
    kernels_ = options.kernels != nullptr ? options.kernels
               : options.isa.empty()      ? &kernels::best_kernels()
                                          : kernels::find_kernels(options.isa);
    if (kernels_ == nullptr) return unsupported_isa(options.isa);
    return check(where, options.padded_vocabulary);
  }

  // What the weights asked for are computed with, where the files hold them as `found`.
  [[gnu::cold]] result<void> choose_format(dtype found, std::string_view where, const load_options& options) {
    format_ = options.weights.format(found);
    if (format_ != nullptr) {
      set_ = format_->kernels(*kernels_);
      panel_width_ = format_->describe(set_).panel_width;
      return {};
    }
    return error{errc::unsupported_dtype,
                 detail::concat({where, ": weights: expected some that become ", options.weights.name(), ", found ",
                                 to_string(found), ": load them with load_options::weights = int8 or stored"})};
  }
  [[gnu::cold]] result<void> choose_format(const checkpoint& files, const load_options& options) {
    // Matrices of several types hold no less than f32 does.
    std::optional<dtype> found;
    for (const tensor_view& tensor : files.tensors()) {
      if (!detail::is_typed_weight(tensor)) continue;
      if (tensor.type == dtype::i8) return choose_format(dtype::i8, files.where(), options);
      if (is_integer(tensor.type)) continue;
      found = found && *found != tensor.type ? dtype::f32 : tensor.type;
    }
    return choose_format(found.value_or(dtype::f32), files.where(), options);
  }

  // Takes the weights of the directory's packed file, if there is one that fits; whether it has.
  [[gnu::cold]] result<bool> use_packed(const std::filesystem::path& directory, const load_options& options) {
    auto file = packed_file::open(detail::child(directory, packed_name), options.access);
    if (!file && file.error().code == errc::file_not_found) return false;
    const bool alone = !checkpoint::is_in(directory);
    result<void> fits;
    if (!file) {
      fits = file.error();
    } else if (alone) {
      const bool free = options.kernels == nullptr && options.isa.empty();
      const kernels::kernel_table* own = free ? kernels::find_kernels(file->origin().kernels) : nullptr;
      if (own != nullptr) kernels_ = own;
      if (auto chosen = choose_format(file->origin().weights, file->where(), options); !chosen) return chosen.error();
      fits = check_packed(*file, *kernels_, nullptr, format_->type);
    } else {
      const auto source = checkpoint::load(directory);
      if (!source) return source.error();
      if (auto chosen = choose_format(*source, options); !chosen) return chosen.error();
      fits = check_packed(*file, *kernels_, &*source, format_->type);
    }
    if (!fits) {
      if (alone || fits.error().code != errc::packed_mismatch) return fits.error();
      packed_mismatch_ = fits.error().message;
      return false;
    }
    origin_ = file->origin();
    arena_.use(*std::move(file));
    const checkpoint none;
    weight_reader reader(none, *kernels_, {}, *format_);
    read(reader, true);
    if (auto done = arena_.finish(); !done) return done.error();
    return true;
  }

  // Packs the weights of a checkpoint.
  [[gnu::cold]] result<void> pack(checkpoint files, bool borrow, const std::string& where,
                                  const load_options& options) {
    if (auto chosen = choose_format(files, options); !chosen) return chosen;
    weight_reader reader(files, *kernels_, options.executor, *format_);
    if (probe(reader, prefix, config_) && !arena_.allocate(arena_floats()))
      reader.fail_with({errc::out_of_memory, where + ": no memory for the packed weights"});
    if (!reader.failed()) {
      const fp_environment ieee;
      origin_ = packed_origin_of(*kernels_, files, *format_);  // first: reading releases the pages that it looks at
      read(reader, borrow);
    }
    if (auto done = std::move(reader).finish(); !done) return done;
    if (borrow) files_ = std::move(files);
    return {};
  }

  void read(weight_reader& reader, bool borrow) {
    encoder_ = encoder::load(reader, prefix, config_, borrow, arena_);
    head_ = sequence_classification_head::load(reader, config_.dim, static_cast<isize>(config_.labels.size()), arena_);
  }

  [[gnu::cold]] result<void> check(const std::string& where, bool padded_vocabulary) {
    constexpr std::string_view wanted = "DistilBertForSequenceClassification";
    if (!config_.architecture.empty() && config_.architecture != wanted)
      return error{errc::unsupported_model, detail::concat({where, ": config.json: architectures: expected ", wanted,
                                                            ", found ", config_.architecture})};
    const auto tokens = tokenizer_.vocab_size(), rows = static_cast<std::size_t>(config_.vocab_size);
    if (tokens > rows || (tokens < rows && !padded_vocabulary))
      return error{errc::invalid_vocabulary,
                   detail::concat({where, ": expected a tokenizer of config.json's vocab_size, ", rows,
                                   " tokens, found ", tokens})};
    max_length_ = static_cast<std::size_t>(config_.max_position_embeddings);
    if (const auto limit = tokenizer_.model_max_length()) max_length_ = std::min(max_length_, *limit);
    if (max_length_ < 2)
      return error{errc::unsupported_model,
                   detail::concat({where, ": the model takes ", max_length_, " tokens, [CLS] and [SEP] alone are 2"})};
    return {};
  }

  [[gnu::cold]] static error unsupported_isa(std::string_view isa) {
    std::string message = "instruction set: expected one of this machine's";
    kernels::for_each_runnable([&](const kernels::kernel_table& table) { message += std::string(" ") + table.name; });
    return {errc::unsupported_isa, detail::concat({message, ", found ", isa})};
  }

  // Looks at one weight of each kind before memory is asked for, so that a configuration's absurd sizes cost nothing.
  [[gnu::cold]] static bool probe(weight_reader& reader, const std::string& prefix, const model_config& c) {
    reader.find_unread(prefix + "embeddings.position_embeddings.weight", {c.max_position_embeddings, c.dim});
    for (isize i = 0; i < c.n_layers && !reader.failed(); ++i)
      reader.find_unread(detail::concat({prefix, "transformer.layer.", i, ".ffn.lin1.weight"}), {c.hidden_dim, c.dim},
                         reader.linear().format->scales != nullptr);
    reader.find_unread("classifier.weight", {static_cast<isize>(c.labels.size()), c.dim});
    return !reader.failed();
  }

  isize arena_floats() const noexcept {
    return encoder::arena_floats({*kernels_, *format_}, config_) +
           sequence_classification_head::arena_floats(*kernels_, config_.dim, static_cast<isize>(labels()));
  }

  workspace_shape shape(std::size_t threads) const noexcept {
    const isize tokens = std::max<isize>(pass_tokens, config_.max_position_embeddings);
    const isize deepest = std::max<isize>(config_.dim, config_.hidden_dim);
    return {.tokens = tokens,
            .texts = pass_texts,
            .longest = config_.max_position_embeddings,
            .threads = static_cast<isize>(threads),
            .dim = config_.dim,
            .part = kernels::round_up(config_.dim, panel_width_),
            .hidden = config_.hidden_dim,
            .heads = config_.n_heads,
            .linear_scratch = format_->scratch(set_, tokens, deepest)};
  }

  struct private_tag {};

 public:
  /// For load().
  text_model(private_tag, model_config config, tokenizer tokens)
      : config_(std::move(config)), tokenizer_(std::move(tokens)) {}

 private:
  model_config config_;
  tokenizer tokenizer_;
  const kernels::kernel_table* kernels_ = nullptr;
  const linear_format* format_ = nullptr;
  const void* set_ = nullptr;  // format_'s kernels beside these
  isize panel_width_ = 0;      // of them
  std::size_t max_length_ = 0;
  std::string packed_mismatch_;
  packed_origin origin_;
  std::optional<checkpoint> files_;  // while the word embeddings are used in place
  weight_arena arena_;
  encoder encoder_;
  sequence_classification_head head_;
};

}  // namespace distilbert
