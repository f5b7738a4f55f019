#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batch_reader.hpp"
#include "distilbert/core/result.hpp"
#include "progress.hpp"
#include "record_reader.hpp"

namespace tool {

/// Calls handle(records) -> result<void> over all records of an input, a batch at a time, and shows progress.
///
/// The next batch is read meanwhile; it has what a quarter of a second suffices for, so that answers are not long in
/// coming, whatever the model. A record that cannot be read ends the input with its error, after the ones before
/// it have been handled.
template <class Handle>
distilbert::result<void> for_batches(batch_reader& reader, progress& shown, Handle handle) {
  constexpr double seconds_wanted = 0.25;
  constexpr std::size_t least_texts = 64;  // fill a pass
  using clock = std::chrono::steady_clock;
  std::size_t most = least_texts;
  for (std::vector<record> batch;;) {
    auto more = reader.next(batch, most);
    if (!more) return std::move(more).error();
    if (!*more) return {};
    const auto begin = clock::now();
    if (auto done = handle(std::span<const record>(batch)); !done) return done;
    const double seconds = std::chrono::duration<double>(clock::now() - begin).count();
    const double texts = static_cast<double>(batch.size()) * seconds_wanted / std::max(seconds, 1e-6);
    most =
        static_cast<std::size_t>(std::clamp(texts, static_cast<double>(least_texts), static_cast<double>(batch_texts)));
    shown.update(batch.size(), reader.position());
  }
}

/// The same, with a reader of its own.
/// @param answers_follow see progress.
template <class Handle>
distilbert::result<void> for_batches(const input_options& input, bool answers_follow, Handle handle) {
  auto reader = batch_reader::open(input);
  if (!reader) return std::move(reader).error();
  progress shown(input, answers_follow);
  return for_batches(*reader, shown, handle);
}

/// Texts of the command line, as records.
inline std::vector<record> records_of(const std::vector<std::string>& texts) {
  std::vector<record> records(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) records[i].text = texts[i];
  return records;
}

/// The same over texts of the command line, or over an input, whichever is given; answers follow.
template <class Handle>
distilbert::result<void> for_batches(const std::vector<std::string>& texts, const std::optional<input_options>& input,
                                     Handle handle) {
  if (input) return for_batches(*input, true, handle);
  return handle(std::span<const record>(records_of(texts)));
}

/// Views of the records' texts.
inline std::vector<std::string_view> texts_of(std::span<const record> records) {
  std::vector<std::string_view> texts;
  texts.reserve(records.size());
  for (const record& r : records) texts.push_back(r.text);
  return texts;
}

}  // namespace tool
