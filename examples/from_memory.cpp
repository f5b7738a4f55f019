// A model whose files are in memory: from a resource, a package file, a download.
#include <distilbert/distilbert.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main() {
  const std::string directory = "models/sst2-mini/";
  const std::string config = read(directory + "config.json"), vocab = read(directory + "vocab.txt"),
                    weights = read(directory + "model.safetensors");
  const distilbert::named_bytes file = {"model.safetensors", std::as_bytes(std::span(weights))};

  distilbert::model_files files;
  files.config_json = config;
  files.weights = {&file, 1};
  files.tokenizer.vocab_txt = vocab;
  auto classifier = distilbert::text_classifier::load(files).value();
  std::cout << classifier("Loaded without touching a file, and it works beautifully.").label << '\n';
}
