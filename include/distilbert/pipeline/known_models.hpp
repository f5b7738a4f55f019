#pragma once
#include <array>
#include <span>
#include <string_view>

namespace distilbert {

/// A file as its publisher has it.
struct known_file {
  std::string_view name;    ///< in the model's directory
  std::string_view sha256;  ///< 64 hexadecimal digits, small
};

/// What a model is known to answer. What is not known is left out.
struct known_answer {
  std::string_view text;              ///< what was asked
  std::string_view label;             ///< the best label
  std::array<double, 2> logits = {};  ///< both 0: not known
  double score = 0;                   ///< 0: not known
};

/// A published model: its files, and outputs that others have printed or computed.
struct known_model {
  std::string_view name;                  ///< on the Hub
  std::span<const known_file> files;      ///< the weights first
  std::span<const known_answer> answers;  ///< outputs published for it
  double
      tolerance;  ///< of logits and scores: what print leaves out, and what two orders of adding in float32 differ by
};

namespace detail {

/// Files: the Hub's revision 714eb0fa. Logits: the Hugging Face course, chapters 1 and 2, printed to four decimals of
/// batches padded together. Scores: Transformers' README, and the course.
inline constexpr known_file base_sst2_files[] = {
    {"model.safetensors", "7c3919835e442510166d267fe7cbe847e0c51cd26d9ba07b89a57b952b49b8aa"},
    {"config.json", "582122c8f414793d131e10022ce9ba04e3811a9da6389137ee2f18665b4f4d15"},
    {"vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"},
    {"tokenizer_config.json", "5ab9097b4149371c5fd52b2d6e26cb6f9c07c0d19fcfdda895b1adad6b57c3e0"}};
inline constexpr known_answer base_sst2_answers[] = {
    {"I've been waiting for a HuggingFace course my whole life.", "POSITIVE", {-1.5607, 1.6123}, 0.9598047137260437},
    {"I hate this so much!", "NEGATIVE", {4.1692, -3.3464}, 0.9994558095932007},
    {"So have I!", "POSITIVE", {-3.6183, 3.9137}, 0},
    {"We are very happy to introduce pipeline to the transformers repository.", "POSITIVE", {}, 0.9996980428695679}};

/// Files: this repository's models/sst2-mini. Logits: Transformers in float64.
inline constexpr known_file mini_sst2_files[] = {
    {"model.safetensors", "2d48e91eb4c4e69b00006815eee3098f709e39583a5c84e81d927f4b8ed4b0c8"},
    {"config.json", "05bfa55af13ac28b21997b7853c5bc7be47b65a68c75675e9d761f25e26d3a52"},
    {"vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"},
    {"tokenizer_config.json", "2bbf2ea55c232406706144b907ca020cd7528a78e3e4741115be3b3566542b0b"}};
inline constexpr known_answer mini_sst2_answers[] = {
    {"it 's a charming and often affecting journey . ", "POSITIVE", {-3.860093652905174, 3.8604830208280205}, 0},
    {"unflinchingly bleak and desperate ", "NEGATIVE", {3.094493231946897, -2.9536116876300977}, 0},
    {"there 's ... tremendous energy from the cast , a sense of playfulness and excitement that seems appropriate . ",
     "POSITIVE",
     {-3.807428031650814, 3.792268645838097},
     0}};

}  // namespace detail

/// All models that self_test() knows.
inline constexpr known_model known_models[] = {
    {"distilbert-base-uncased-finetuned-sst-2-english", detail::base_sst2_files, detail::base_sst2_answers, 2e-4},
    {"sst2-mini", detail::mini_sst2_files, detail::mini_sst2_answers, 1e-4}};

}  // namespace distilbert
