// A model whose files are in memory: from a resource, a download, an encrypted package file.
// docs/guide/from-memory.md
#include <distilbert/distilbert.hpp>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <span>
#include <string>

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Stands for a game's package: files by name, none of them readable on the disk.
class package {
 public:
  void add(const std::string& name, std::string bytes) { files_[name] = crypt(std::move(bytes)); }
  std::string extract(const std::string& name) const { return crypt(files_.at(name)); }

 private:
  static std::string crypt(std::string bytes) {  // a stand-in; a real package has a real cipher
    std::uint32_t key = 2463534242U;
    for (char& c : bytes) {
      key ^= key << 13U, key ^= key >> 17U, key ^= key << 5U;
      c = static_cast<char>(static_cast<unsigned char>(c) ^ (key & 0xFFU));
    }
    return bytes;
  }
  std::map<std::string, std::string> files_;
};

distilbert::result<distilbert::text_classifier> load(const package& pak) {
  const std::string config = pak.extract("config.json"), vocab = pak.extract("vocab.txt");
  const std::string weights = pak.extract("model.safetensors");
  const distilbert::named_bytes file = {"model.safetensors", std::as_bytes(std::span(weights))};

  distilbert::model_files files;
  files.config_json = config;
  files.weights = {&file, 1};
  files.tokenizer.vocab_txt = vocab;
  return distilbert::text_classifier::load(files);  // when it returns, the strings above are no longer needed
}

}  // namespace

int main() {
  package pak;
  for (const char* name : {"config.json", "vocab.txt", "model.safetensors"})
    pak.add(name, read(std::string("models/sst2-mini/") + name));

  auto classifier = load(pak).value();
  auto from_directory = distilbert::text_classifier::load("models/sst2-mini").value();
  const std::string text = "Loaded without touching a file, and it works beautifully.";
  const distilbert::classification answer = classifier(text);
  std::cout << answer.label << ' ' << answer.score << '\n';
  return answer.score == from_directory(text).score ? 0 : 1;
}
