// vocab.txt: ids and tokens of what is accepted name each other.
#include "distilbert/text/vocabulary.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = distilbert::vocabulary::parse(text, "vocab.txt");
  if (!parsed) return check_error(parsed.error()), 0;
  FUZZ_CHECK(parsed->size() >= 1 && parsed->size() <= size);
  for (std::size_t i = 0; i < parsed->size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    // No text comes to the empty token, so none finds it.
    FUZZ_CHECK(parsed->token(id).empty() || parsed->id(parsed->token(id)) == id);
  }
  FUZZ_CHECK(parsed->token(-1).empty() && parsed->token(static_cast<std::int32_t>(parsed->size())).empty());
  return 0;
}
