// config.json: what is accepted is within the ranges that all later arithmetic counts on.
#include "distilbert/io/model_config.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = distilbert::model_config::parse(text, "config.json");
  if (!parsed) return check_error(parsed.error()), 0;
  const auto& c = *parsed;
  for (const std::int64_t n : {c.vocab_size, c.max_position_embeddings, c.n_layers, c.n_heads, c.dim, c.hidden_dim})
    FUZZ_CHECK(n >= 1 && n <= 1 << 24);
  FUZZ_CHECK(c.n_layers <= 10'000 && c.dim <= 1 << 20 && c.hidden_dim <= 1 << 20);
  FUZZ_CHECK(c.dim % c.n_heads == 0);
  FUZZ_CHECK(!c.labels.empty() && c.labels.size() <= 100'000);
  return 0;
}
