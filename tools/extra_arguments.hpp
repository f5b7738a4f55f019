#pragma once
#include <optional>

#include <CLI/CLI.hpp>

#include "extra_options.hpp"
#include "options.hpp"

namespace tool {

inline const choices<std::optional<distilbert::overflow>> overflows = {{"error", distilbert::overflow::error},
                                                                       {"head", distilbert::overflow::head},
                                                                       {"tail", distilbert::overflow::tail},
                                                                       {"head-tail", distilbert::overflow::head_tail},
                                                                       {"windows", distilbert::overflow::windows}};

/// The options of classify for long texts, for answers that are not given, and for what speaks against an answer.
inline void add_extras(CLI::App& app, extra_options& extra) {
  add_choice(
      app, "--overflow", overflows, extra.overflow,
      "What to do with a text of more tokens than are read at once, and say what was cut (default: head, and say "
      "only that it was truncated)");
  app.add_option("--stride", extra.stride, "Tokens that a window shares with the one before (default: 0)")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 30).description(""))
      ->type_name("N");
  app.add_flag("--sentences", extra.sentences, "Also give the label of each sentence (jsonl, csv and tsv)");
  app.add_option(
         "--neutral", extra.neutral,
         "Give no label but NEUTRAL where the score of the second label is inside a band (0.35..0.65), or UNSURE "
         "where the best score is below one (0.8)")
      ->type_name("LOW..HIGH|SCORE");
  app.add_option("--calibration", extra.calibration,
                 "Scores by this file of calibrate, or by the calibration.json of this directory")
      ->type_name("FILE");
  app.add_flag("--signals", extra.signals, "Also say what speaks against believing the answer");
}

}  // namespace tool
