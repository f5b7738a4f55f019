#include <string>

#include "batches.hpp"
#include "commands.hpp"
#include "distilbert/text/tokenizer.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

// One JSON array from the n items that item(i) gives.
template <class Item>
std::string array(std::size_t n, Item item) {
  std::string text = "[";
  for (std::size_t i = 0; i < n; ++i) text += (i == 0 ? "" : ",") + item(i);
  return text + "]";
}

}  // namespace

distilbert::result<void> tokenize_command::run() const {
  const auto loaded = distilbert::tokenizer::load(model_directory(model));
  if (!loaded) return loaded.error();
  distilbert::encode_options options = encode;
  options.offsets = true;
  distilbert::encoding tokens;
  output out;
  auto done = for_batches(texts, input, [&](std::span<const record> records) {
    for (const record& r : records) {
      loaded->encode(r.text, options, tokens);
      const std::size_t n = tokens.ids.size();
      if (format == output_format::jsonl) {
        out.append("{\"ids\":" + array(n, [&](std::size_t i) { return std::to_string(tokens.ids[i]); }) +
                   ",\"tokens\":" + array(n, [&](std::size_t i) { return quoted(loaded->token(tokens.ids[i])); }) +
                   ",\"offsets\":" +
                   array(n,
                         [&](std::size_t i) {
                           return "[" + std::to_string(tokens.offsets[i].begin) + "," +
                                  std::to_string(tokens.offsets[i].end) + "]";
                         }) +
                   "}\n");
      } else {
        std::string line;
        for (const std::int32_t id : tokens.ids) line += (line.empty() ? "" : " ") + printable(loaded->token(id));
        out.append(line + "\n");
      }
    }
    return out.flush();
  });
  if (!done) return done;
  return out.flush();
}

}  // namespace tool
