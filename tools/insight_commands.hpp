#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "distilbert/core/result.hpp"
#include "output.hpp"
#include "record_reader.hpp"

namespace tool {

enum class explain_format { text, jsonl, html };

/// Shows what each word adds to the answer about a text.
struct explain_command {
  model_options model;
  std::vector<std::string> texts;
  std::optional<input_options> input;
  explain_format format = explain_format::text;
  std::string label;  ///< name or id; empty: each text's best
  std::size_t permutations = 32;
  std::uint64_t seed = 0;
  std::size_t max_length = 0;
  distilbert::result<void> run() const;
};

/// Fits a temperature to labelled texts, and says how far scores are to be believed.
struct calibrate_command {
  model_options model;
  input_options input;
  std::string output;  ///< file to write; empty: calibration.json beside the model
  bool dry_run = false;
  bool halves = false;  ///< also fits on each half of the texts and measures on the other
  double precision = 0.95;
  std::string neutral;  ///< also measures this abstention; empty: none
  std::size_t bins = 15;
  std::size_t max_length = 0;
  output_format format = output_format::text;
  distilbert::result<void> run() const;
};

/// Runs two models over the same texts.
struct compare_command {
  std::vector<std::string> models;  ///< two directories
  model_options engine;
  input_options input;
  std::size_t flips = 20;  ///< texts with another label that are listed
  std::size_t max_length = 0;
  output_format format = output_format::text;
  distilbert::result<void> run() const;
};

/// Writes a page about the texts of a file.
struct report_command {
  model_options model;
  input_options input;
  std::string output;
  std::string title;
  std::string group_column, time_column;  ///< empty: none
  std::string neutral;                    ///< empty: every text gets a label
  std::string calibration;                ///< file; empty: scores as they are
  std::size_t examples = 5;
  std::size_t max_length = 0;
  distilbert::result<void> run() const;
};

}  // namespace tool
