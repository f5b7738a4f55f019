#pragma once
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

// A directory of a test's own, removed with all that is in it.
class temporary_directory {
 public:
  temporary_directory() {
    std::random_device random;
    path_ = std::filesystem::temp_directory_path() /
            ("distilbert_test_" + std::to_string(random()) + std::to_string(random()));
    std::filesystem::create_directory(path_);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};
