#pragma once
#include <cstddef>
#include <random>
#include <vector>

// More weights than any cache holds: each product takes the next ones, as layer after layer of a model does.
class cold_weights {
 public:
  explicit cold_weights(std::size_t floats_each) : each_(floats_each), values_(bytes / sizeof(float) / each_ * each_) {
    std::minstd_rand engine(1);
    for (float& v : values_) v = static_cast<float>(engine() % 2001) * 1e-4F - 0.1F;
  }
  const float* next() noexcept {
    at_ = at_ + each_ < values_.size() ? at_ + each_ : 0;
    return values_.data() + at_;
  }

 private:
  static constexpr std::size_t bytes = std::size_t{320} << 20;
  std::size_t each_;
  std::size_t at_ = 0;
  std::vector<float> values_;
};
