#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/result.hpp"
#include "progress.hpp"
#include "record_reader.hpp"

namespace tool {

/// Texts that are handled together: enough to fill several passes, however large the file is.
inline constexpr std::size_t batch_texts = 1024;
inline constexpr std::size_t batch_bytes = std::size_t{1} << 20;

/// Calls handle(records) -> result<void> over all records of an input, a batch at a time, and shows progress.
///
/// A batch is handled as soon as the next record would have to be waited for: who writes a line into a pipe gets its
/// answer. A record that cannot be read ends the input with its error, after the ones before it have been handled.
/// @param answers_follow see progress.
template <class Handle>
distilbert::result<void> for_batches(const input_options& input, bool answers_follow, Handle handle) {
  auto reader = record_reader::open(input);
  if (!reader) return std::move(reader).error();
  progress shown(input.file, answers_follow);
  std::size_t texts = 0;
  for (bool more = true; more;) {
    std::vector<record> batch;
    std::size_t bytes = 0;
    std::optional<distilbert::error> fault;
    while (batch.size() < batch_texts && bytes < batch_bytes && (batch.empty() || !(*reader)->would_wait())) {
      record next;
      auto read = (*reader)->next(next);
      if (!read) fault = std::move(read).error();
      more = read.has_value() && *read;
      if (!more) break;
      bytes += next.text.size() + next.label.size();
      batch.push_back(std::move(next));
    }
    if (!batch.empty())
      if (auto done = handle(std::span<const record>(batch)); !done) return done;
    if (fault) return *std::move(fault);
    texts += batch.size();
    shown.update(texts, (*reader)->position());
  }
  return {};
}

/// The same over texts of the command line, or over an input, whichever is given; answers follow.
template <class Handle>
distilbert::result<void> for_batches(const std::vector<std::string>& texts, const std::optional<input_options>& input,
                                     Handle handle) {
  if (input) return for_batches(*input, true, handle);
  std::vector<record> records;
  for (const std::string& text : texts) records.push_back({text, "", 0});
  return handle(std::span<const record>(records));
}

/// Views of the records' texts.
inline std::vector<std::string_view> texts_of(std::span<const record> records) {
  std::vector<std::string_view> texts;
  for (const record& r : records) texts.push_back(r.text);
  return texts;
}

}  // namespace tool
