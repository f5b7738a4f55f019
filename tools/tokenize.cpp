#include <string>

#include "batches.hpp"
#include "commands.hpp"
#include "distilbert/text/tokenizer.hpp"
#include "format.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

using distilbert::encoding;
using distilbert::tokenizer;

// One JSON array of the n items that item(i) gives.
template <class Item>
void add_array(std::string& line, std::size_t n, Item item) {
  line += '[';
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) line += ',';
    line += item(i);
  }
  line += ']';
}

void add_json(std::string& line, const tokenizer& vocabulary, const encoding& tokens) {
  const std::size_t n = tokens.ids.size();
  line += "{\"ids\":";
  add_array(line, n, [&](std::size_t i) { return std::to_string(tokens.ids[i]); });
  line += ",\"tokens\":";
  add_array(line, n, [&](std::size_t i) { return json_string(vocabulary.token(tokens.ids[i])); });
  line += ",\"offsets\":";
  add_array(line, n, [&](std::size_t i) {
    std::string pair = "[";
    pair += std::to_string(tokens.offsets[i].begin) + ',';
    pair += std::to_string(tokens.offsets[i].end) + ']';
    return pair;
  });
  line += "}\n";
}

void add_text(std::string& line, const tokenizer& vocabulary, const encoding& tokens) {
  for (std::size_t i = 0; i < tokens.ids.size(); ++i) {
    if (i > 0) line += ' ';
    line += printable(vocabulary.token(tokens.ids[i]));
  }
  line += '\n';
}

}  // namespace

distilbert::result<void> tokenize_command::run() const {
  const auto directory = model_directory(model);
  if (!directory) return directory.error();
  const auto loaded = tokenizer::load(*directory);
  if (!loaded) return loaded.error();
  distilbert::encode_options options = encode;
  options.offsets = format == output_format::jsonl;
  encoding tokens;
  output out;
  auto done = for_batches(texts, input, [&](std::span<const record> records) {
    for (const record& r : records) {
      loaded->encode(r.text, options, tokens);
      if (format == output_format::jsonl)
        add_json(out.pending, *loaded, tokens);
      else
        add_text(out.pending, *loaded, tokens);
    }
    return out.flush();
  });
  if (!done) return done;
  return out.flush();
}

}  // namespace tool
