// The tokenizer alone: ids, tokens, and where each stands in the text.
#include <distilbert/text/tokenizer.hpp>

#include <iostream>
#include <string>

int main() {
  const auto tokenizer = distilbert::tokenizer::load("models/sst2-mini").value();
  const std::string text = "Naïve tokenizers stumble.";
  distilbert::encoding encoding;
  tokenizer.encode(text, {.offsets = true}, encoding);
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    const auto [begin, end] = encoding.offsets[i];
    std::cout << encoding.ids[i] << '\t' << tokenizer.token(encoding.ids[i]) << '\t' << text.substr(begin, end - begin)
              << '\n';
  }
}
