// Where addresses have 32 bits: a configuration whose sizes do not fit is refused, and the usual one is not.
#include <distilbert/io/model_config.hpp>

#include <cstddef>
#include <cstdio>

static_assert(sizeof(std::ptrdiff_t) == 4);

int main() {
  const auto usual = distilbert::model_config::parse("{}", "config.json");
  const auto absurd =
      distilbert::model_config::parse(R"({"dim": 1048576, "n_heads": 16, "hidden_dim": 1048576})", "config.json");
  if (!usual || absurd) return 1;
  std::puts(absurd.error().message.c_str());
  return absurd.error().code == distilbert::errc::unsupported_model ? 0 : 1;
}
