// model.safetensors.index.json over two shards, which come from the input as well.
#include "distilbert/io/checkpoint.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = parts_of(data, size, 3);
  const distilbert::named_bytes files[] = {
      {"model.safetensors.index.json", bytes_of(parts[0])}, {"a", bytes_of(parts[1])}, {"b", bytes_of(parts[2])}};
  const auto loaded = distilbert::checkpoint::from_memory(files, "memory");
  if (!loaded) return check_error(loaded.error()), 0;
  FUZZ_CHECK(loaded->total_bytes() <= size);
  for (const auto& tensor : loaded->tensors()) FUZZ_CHECK(loaded->find(tensor.name) == &tensor);
  return 0;
}
