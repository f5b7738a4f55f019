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

/// Texts that are classified together: enough to fill several passes, however large the file is.
inline constexpr std::size_t batch_texts = 1024;
inline constexpr std::size_t batch_bytes = std::size_t{1} << 20;

/// Calls handle(records) -> result<void> over all records of an input, a batch at a time, and shows progress.
///
/// A record that cannot be read ends the input with its error, after the ones before it have been handled.
template <class Handle>
distilbert::result<void> for_batches(const input_options& input, Handle handle) {
  auto reader = record_reader::open(input);
  if (!reader) return std::move(reader).error();
  progress shown(input.file);
  std::vector<record> batch(batch_texts);
  std::size_t texts = 0;
  for (bool more = true; more;) {
    std::size_t count = 0, bytes = 0;
    std::optional<distilbert::error> fault;
    while (count < batch_texts && bytes < batch_bytes) {
      auto read = (*reader)->next(batch[count]);
      if (!read) fault = std::move(read).error();
      more = read.has_value() && *read;
      if (!more) break;
      bytes += batch[count++].text.size();
    }
    if (count > 0)
      if (auto done = handle(std::span<const record>(batch).first(count)); !done) return done;
    if (fault) return *std::move(fault);
    texts += count;
    shown.update(texts, (*reader)->position());
  }
  return {};
}

/// The same over texts of the command line, or over an input, whichever is given.
template <class Handle>
distilbert::result<void> for_batches(const std::vector<std::string>& texts, const std::optional<input_options>& input,
                                     Handle handle) {
  if (input) return for_batches(*input, handle);
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
