// A library that keeps distilbert to itself behind a C function: its users need no header of ours and see no symbol of
// ours.
#include <distilbert/distilbert.hpp>

#include <optional>

// The sign of a text, by the model in this directory: 1, -1, or 0 where it cannot be loaded.
extern "C" [[gnu::visibility("default")]] int sentiment_of(const char* directory, const char* text) {
  static std::optional<distilbert::text_classifier> classifier;
  if (!classifier) {
    auto loaded = distilbert::text_classifier::load(directory);
    if (!loaded) return 0;
    classifier = *std::move(loaded);
  }
  return (*classifier)(text).label == "POSITIVE" ? 1 : -1;
}
