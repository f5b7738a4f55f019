#include <vector>

#include "support/guarded.hpp"
#include "support/kernels.hpp"

using kernels::weight_format;

TEST_CASE("embed is the layer norm of the sum of a word's row and a position's row") {
  for_each_variant([](const kernel_table& table) {
    for (const isize n : {1, 7, 8, 16, 31, 33, 64, 100}) {
      guarded<float> words(random_floats(5 * n, 1)), positions(random_floats(3 * n, 2)), gamma(random_floats(n, 3)),
          beta(random_floats(n, 4)), y(static_cast<std::size_t>(3 * n));
      const std::vector<std::int32_t> ids = {4, 0, 4};
      table.embed({.ids = ids.data(),
                   .tokens = 3,
                   .words = words.data(),
                   .format = weight_format::f32,
                   .scales = nullptr,
                   .positions = positions.data(),
                   .gamma = gamma.data(),
                   .beta = beta.data(),
                   .epsilon = 1e-12F,
                   .y = y.data(),
                   .ldy = n,
                   .n = n});
      std::vector<float> expected(static_cast<std::size_t>(3 * n));
      for (std::size_t t = 0; t < 3; ++t)
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
          expected[t * static_cast<std::size_t>(n) + i] =
              words[static_cast<std::size_t>(ids[t] * n) + i] + positions[t * static_cast<std::size_t>(n) + i];
      table.layer_norm({expected.data(), n, expected.data(), n, gamma.data(), beta.data(), 1e-12F, 3, n});
      for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(bits_of(y[i]) == bits_of(expected[i]));
    }
  });
}

TEST_CASE("embed reads words stored as f16 and bf16") {
  for_each_variant([](const kernel_table& table) {
    constexpr isize n = 19;
    // 1.5 in each format; a row of equal values normalises to beta.
    for (const auto& [format, half] : {std::pair{weight_format::f16, 0x3E00}, {weight_format::bf16, 0x3FC0}}) {
      guarded<std::uint16_t> words(std::vector<std::uint16_t>(2 * n, static_cast<std::uint16_t>(half)));
      std::vector<float> positions = random_floats(n, 5), gamma(n, 1.0F), beta(n), y(n), expected(n);
      const std::int32_t id = 1;
      table.embed(
          {&id, 1, words.data(), format, nullptr, positions.data(), gamma.data(), beta.data(), 1e-12F, y.data(), n, n});
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = 1.5F + positions[i];
      table.layer_norm({expected.data(), n, expected.data(), n, gamma.data(), beta.data(), 1e-12F, 1, n});
      for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(bits_of(y[i]) == bits_of(expected[i]));
    }
  });
}

TEST_CASE("embed multiplies words of 8 bits by the scale of their row") {
  for_each_variant([](const kernel_table& table) {
    for (const isize n : {1, 7, 16, 33}) {
      guarded<std::int8_t> words(static_cast<std::size_t>(2 * n));
      for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 % 255) - 127);
      guarded<float> scales(std::vector<float>{0.25F, 0.5F}), positions(random_floats(n, 5));
      const std::vector<float> gamma(static_cast<std::size_t>(n), 1.0F), beta(static_cast<std::size_t>(n));
      std::vector<float> y(static_cast<std::size_t>(n)), expected(y.size());
      const std::int32_t id = 1;
      table.embed({&id, 1, words.data(), weight_format::i8, scales.data(), positions.data(), gamma.data(), beta.data(),
                   1e-12F, y.data(), n, n});
      for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] = 0.5F * static_cast<float>(words[static_cast<std::size_t>(n) + i]) + positions[i];
      table.layer_norm({expected.data(), n, expected.data(), n, gamma.data(), beta.data(), 1e-12F, 1, n});
      for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(bits_of(y[i]) == bits_of(expected[i]));
    }
  });
}
