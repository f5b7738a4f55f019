#pragma once
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/mapped_file.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/core/sha256.hpp"

namespace distilbert {

/// The SHA-256 of every file that a model is loaded from. Written as `sha256sum` writes it, a line a file, so that
/// `sha256sum --check` reads it as well.
class manifest {
 public:
  /// One file.
  struct entry {
    std::string name;    ///< of a file in the model's directory
    std::string sha256;  ///< 64 hexadecimal digits, small
  };

  /// Reads a model's directory: config.json, tokenizer and index by their names, weights by their extensions.
  ///
  /// Errors: file_not_found where the directory has no such file; io_error.
  [[gnu::cold]] static result<manifest> of(const std::filesystem::path& directory) {
    std::error_code failure;
    manifest found;
    for (auto at = std::filesystem::directory_iterator(directory, failure);
         !failure && at != std::filesystem::directory_iterator(); at.increment(failure))
      if (is_model_file(at->path().filename().string())) found.entries_.push_back({at->path().filename().string(), ""});
    if (failure)
      return error{errc::io_error, detail::concat({directory.string(), ": cannot be read: ", failure.message()})};
    if (found.entries_.empty())
      return error{errc::file_not_found, directory.string() + ": expected the files of a model, found none"};
    const auto by_name = [](const entry& a, const entry& b) { return a.name < b.name; };
    std::make_heap(found.entries_.begin(), found.entries_.end(), by_name);
    std::sort_heap(found.entries_.begin(), found.entries_.end(), by_name);
    for (entry& file : found.entries_) {
      auto hash = hash_of(detail::child(directory, file.name));
      if (!hash) return std::move(hash).error();
      file.sha256 = *std::move(hash);
    }
    return found;
  }

  /// Parses a manifest's text; `where` names it in messages. Errors: invalid_input.
  [[gnu::cold]] static result<manifest> parse(std::string_view text, std::string_view where) {
    manifest parsed;
    for (std::size_t line = 1; !text.empty(); ++line) {
      const std::size_t end = text.find('\n');
      std::string_view one = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (one.ends_with('\r')) one.remove_suffix(1);
      if (one.empty()) continue;
      const std::string_view digits = one.substr(0, 64), gap = one.substr(std::min<std::size_t>(one.size(), 64), 2);
      const bool reads = digits.size() == 64 &&
                         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
                         (gap == "  " || gap == " *") && is_model_file(one.substr(66));
      if (!reads)
        return error{errc::invalid_input, detail::concat({where, ":", line,
                                                          ": expected 64 hexadecimal digits, two spaces and the name "
                                                          "of a model's file"})};
      const std::string_view name = one.substr(66);
      if (parsed.find(name) != nullptr)
        return error{errc::invalid_input, detail::concat({where, ":", line, ": ", name, " is named twice"})};
      parsed.entries_.push_back({std::string(name), std::string(digits)});
    }
    if (parsed.entries_.empty())
      return error{errc::invalid_input, detail::concat({where, ": expected the names of files, found none"})};
    return parsed;
  }

  /// Reads a manifest's file. Errors: file_not_found, io_error, and those of parse().
  [[gnu::cold]] static result<manifest> load(const std::filesystem::path& path) {
    const auto file = mapped_file::open(path, file_access::copy);
    if (!file) return file.error();
    return parse(file->text(), path.string());
  }

  /// The lines as they are written to a file.
  [[gnu::cold]] std::string text() const {
    std::string all;
    for (const entry& file : entries_) all += file.sha256 + "  " + file.name + "\n";
    return all;
  }

  /// Reads a model's directory and refuses it where a file differs, is absent, or is not named here.
  ///
  /// Errors: those of of(); manifest_mismatch, whose message names the file.
  [[gnu::cold]] result<void> check(const std::filesystem::path& directory) const {
    const auto found = of(directory);
    if (!found) return found.error();
    const auto differs = [&](std::string_view name, std::string_view expected, std::string_view there) {
      return error{errc::manifest_mismatch, detail::concat({detail::child(directory, name).string(), ": expected ",
                                                            expected, " by the manifest, found ", there})};
    };
    for (const entry& file : entries_) {
      const entry* there = found->find(file.name);
      if (there == nullptr) return differs(file.name, "a file", "none");
      if (there->sha256 != file.sha256) return differs(file.name, "SHA-256 " + file.sha256, there->sha256);
    }
    for (const entry& there : found->entries_)
      if (find(there.name) == nullptr) return differs(there.name, "no file", "one");
    return {};
  }

  /// All files, by name.
  std::span<const entry> entries() const noexcept { return entries_; }
  /// The file of this name; nullptr when there is none.
  const entry* find(std::string_view name) const noexcept {
    for (const entry& file : entries_)
      if (file.name == name) return &file;
    return nullptr;
  }

  /// The SHA-256 of a file, in hexadecimal; read in pieces, however large it is. Errors: io_error.
  [[gnu::cold]] static result<std::string> hash_of(const std::filesystem::path& path) {
#if defined(_WIN32)
    std::FILE* stream = ::_wfopen(path.c_str(), L"rb");
#else
    std::FILE* stream = std::fopen(path.c_str(), "rb");
#endif
    int reason = errno;
    if (stream != nullptr) {
      std::vector<std::byte> piece(std::size_t{1} << 16);
      class sha256 hash;
      std::size_t got = 0;
      while ((got = std::fread(piece.data(), 1, piece.size(), stream)) > 0) hash.add(std::span(piece).first(got));
      reason = std::ferror(stream) != 0 ? errno : 0;
      std::fclose(stream);
      if (reason == 0) return hash.finish();
    }
    return error{errc::io_error,
                 detail::concat({path.string(), ": cannot be read: ", std::generic_category().message(reason)})};
  }

 private:
  static bool is_model_file(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 7> names = {"config.json",
                                                              "tokenizer.json",
                                                              "vocab.txt",
                                                              "tokenizer_config.json",
                                                              "special_tokens_map.json",
                                                              "added_tokens.json",
                                                              "model.safetensors.index.json"};
    const bool plain = name.find_first_of("/\\") == std::string_view::npos;
    return plain && (std::find(names.begin(), names.end(), name) != names.end() || name.ends_with(".safetensors") ||
                     name.ends_with(".packed"));
  }

  std::vector<entry> entries_;
};

}  // namespace distilbert
