#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/options.hpp"
#include "distilbert/text/encoding.hpp"
#include "extra_options.hpp"
#include "output.hpp"
#include "record_reader.hpp"

namespace tool {

/// Which model, and how it runs.
struct model_options {
  std::string directory;  ///< empty: sst2-mini
  std::string isa;        ///< empty: the machine's best
  std::size_t threads = 1;
  std::string manifest = {};  ///< a file that its files must agree with; empty: none
  distilbert::weight_type weights = distilbert::weight_type::stored;

  distilbert::load_options load(distilbert::parallel_ref executor = {}) const {
    return {.isa = isa, .weights = weights, .executor = executor};
  }
};

/// What becomes of a record that cannot be read.
enum class on_error {
  stop,    ///< the run ends with its error
  skip,    ///< it is passed over, and standard error says so
  record,  ///< its error stands in its answer's place
};

/// Labels texts, from the command line or from files.
struct classify_command {
  model_options model;
  std::vector<std::string> texts;
  std::optional<input_options> input;
  output_format format = output_format::text;
  std::optional<std::size_t> top_k;  ///< every label, where it is more than there are
  bool logits = false;
  std::optional<distilbert::score_function> function;
  std::size_t max_length = 0;
  on_error faults = on_error::stop;
  std::string prefix;  ///< of the names of the answer's fields and columns
  std::string output;  ///< the file for the answers; empty: standard output
  bool resume = false;
  extra_options extra;
  std::string asked;  ///< the options given that decide about the answers
  distilbert::result<void> run() const;
};

/// Shows the tokens of texts.
struct tokenize_command {
  std::string model;
  std::vector<std::string> texts;
  std::optional<input_options> input;
  output_format format = output_format::text;
  distilbert::encode_options encode;
  distilbert::result<void> run() const;
};

/// Compares labels with those of a labelled file.
struct eval_command {
  model_options model;
  input_options input;
  output_format format = output_format::text;
  std::size_t max_length = 0;
  std::optional<distilbert::weight_type> compare;  ///< sets f32 beside these weights
  distilbert::result<void> run() const;
};

/// Says what a model directory holds and how it runs here.
struct inspect_command {
  model_options model;
  output_format format = output_format::text;
  bool verify = false;  ///< reads all of a packed file
  distilbert::result<void> run() const;
};

/// Says whether a model is whole and right, and whether it computes right here.
struct doctor_command {
  model_options model;
  output_format format = output_format::text;
  distilbert::result<void> run() const;
};

/// Compares a model's files with a manifest, or writes one.
struct verify_command {
  model_options model;
  std::string write;  ///< the file to write, "-" for standard output; empty: the model's manifest is checked
  distilbert::result<void> run() const;
};

/// Writes a model's weights as they are packed for one instruction set.
struct pack_command {
  model_options model;
  std::string directory;  ///< where to; empty: the model's own
  distilbert::result<void> run() const;
};

/// Writes a model with weights of another type.
struct quantize_command {
  model_options model;
  std::string directory;  ///< where to
  std::optional<input_options> eval;
  distilbert::result<void> run() const;
};

/// Measures how fast a model runs here.
struct bench_command {
  model_options model;
  std::vector<std::size_t> lengths;  ///< tokens of a text; empty: the usual ones that the model takes
  std::optional<input_options> batch;
  std::size_t rounds = 10;
  bool interactive = false;  ///< times what standard input asks for, instead
  output_format format = output_format::text;
  distilbert::result<void> run() const;
};

}  // namespace tool
