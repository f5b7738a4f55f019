#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/json.hpp"
#include "distilbert/core/mapped_file.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/safetensors.hpp"

namespace distilbert {

/// A file by its name and contents, for models that are in memory already.
struct named_bytes {
  std::string_view name;             ///< of the file
  std::span<const std::byte> bytes;  ///< all of it
};

/// The tensors of a model: of one model.safetensors, or of the shards that model.safetensors.index.json names.
class checkpoint {
 public:
  /// Opens the weights of a Hub directory.
  ///
  /// Errors: file_not_found, io_error, out_of_memory; those of safetensors::parse; for an index invalid_json,
  /// missing_field, invalid_field, and missing_tensor or unexpected_tensor where index and shards disagree.
  [[gnu::cold]] static result<checkpoint> load(const std::filesystem::path& directory,
                                               file_access access = file_access::map) {
    if (!is_in(directory)) {
      const bool pickled = exists(directory, "pytorch_model.bin");
      return error{
          errc::file_not_found,
          detail::concat(
              {directory.string(), ": expected ", single_name, " or ", index_name, ", found ",
               (pickled ? "only pytorch_model.bin: save the model again with safe_serialization=True" : "neither")})};
    }
    checkpoint loaded;
    loaded.where_ = directory.string();
    const auto open = [&](const std::string& name) -> result<std::span<const std::byte>> {
      auto file = mapped_file::open(detail::child(directory, name), access);
      if (!file) return std::move(file).error();
      return loaded.files_.emplace_back(*std::move(file)).bytes();
    };
    if (auto done = loaded.read(exists(directory, single_name), open); !done) return std::move(done).error();
    return loaded;
  }

  /// Whether a directory has weights to load.
  [[gnu::cold]] static bool is_in(const std::filesystem::path& directory) {
    return exists(directory, single_name) || exists(directory, index_name);
  }

  /// The same from memory, which must outlive the result.
  [[gnu::cold]] static result<checkpoint> from_memory(std::span<const named_bytes> files, std::string_view where) {
    const auto has = [&](std::string_view name) {
      return std::any_of(files.begin(), files.end(), [&](const named_bytes& f) { return f.name == name; });
    };
    if (!has(single_name) && !has(index_name))
      return error{errc::file_not_found,
                   detail::concat({where, ": expected ", single_name, " or ", index_name, ", found neither"})};
    checkpoint loaded;
    loaded.where_ = where;
    const auto open = [&](const std::string& name) -> result<std::span<const std::byte>> {
      for (const named_bytes& file : files)
        if (file.name == name) return file.bytes;
      return error{errc::file_not_found, detail::concat({loaded.where_, "/", name, ": no such file"})};
    };
    if (auto done = loaded.read(has(single_name), open); !done) return std::move(done).error();
    return loaded;
  }

  /// The tensor of this name; nullptr when there is none.
  const tensor_view* find(std::string_view name) const noexcept { return by_name::find(tensors_, name); }
  /// Says that a tensor has been read, and need not stay in memory where its file is mapped.
  void release(const tensor_view& tensor) const noexcept {
    for (const mapped_file& file : files_) {
      const std::byte *begin = file.bytes().data(), *end = begin + file.bytes().size();
      if (!std::less<>{}(tensor.bytes.data(), begin) && std::less<>{}(tensor.bytes.data(), end))
        file.release(tensor.bytes);
    }
  }
  /// All tensors of all shards, sorted by name.
  std::span<const tensor_view> tensors() const noexcept { return tensors_; }
  /// The directory, for messages.
  const std::string& where() const noexcept { return where_; }
  /// Bytes of all files.
  std::size_t total_bytes() const noexcept { return total_bytes_; }

 private:
  static constexpr const char* single_name = "model.safetensors";
  static constexpr const char* index_name = "model.safetensors.index.json";

  static bool exists(const std::filesystem::path& directory, const char* name) {
    std::error_code failure;
    return std::filesystem::exists(detail::child(directory, name), failure);
  }

  template <class Open>
  [[gnu::cold]] result<void> read(bool single, Open open) {
    if (single) return add(single_name, open);
    const std::string name = detail::concat({where_, "/", index_name});
    const auto text = open(index_name);
    if (!text) return text.error();
    const auto index = json::parse({reinterpret_cast<const char*>(text->data()), text->size()}, name);
    if (!index) return index.error();
    const json::value* map = index->find("weight_map");
    if (map == nullptr) return error{errc::missing_field, name + ": weight_map: expected an object, found nothing"};
    if (!map->is(json::value::kind::object))
      return error{errc::invalid_field,
                   detail::concat({name, ": weight_map: expected an object, found ", map->describe()})};

    std::map<std::string_view, std::string_view> shard_of;
    for (const json::member& entry : map->members) {
      const std::string field = detail::concat({name, ": weight_map: ", entry.name, ": "});
      if (!entry.value.is(json::value::kind::string))
        return error{errc::invalid_field,
                     detail::concat({field, "expected a file name, found ", entry.value.describe()})};
      if (!is_plain_name(entry.value.string))
        return error{errc::invalid_field,
                     detail::concat({field, "expected the name of a file in the same directory, found \"",
                                     entry.value.string, "\""})};
      shard_of.emplace(entry.name, entry.value.string);
    }
    std::unordered_set<std::string_view> opened;
    for (const json::member& entry : map->members) {
      const std::string& shard = entry.value.string;
      if (!opened.insert(shard).second) continue;
      const std::size_t before = tensors_.size();
      if (auto done = add(shard, open); !done) return done;
      for (std::size_t i = before; i < tensors_.size(); ++i) {
        const auto expected = shard_of.find(tensors_[i].name);
        if (expected == shard_of.end() || expected->second != shard)
          return error{errc::unexpected_tensor,
                       detail::concat({name, ": weight_map: ", tensors_[i].name, " is not said to be in ", shard})};
      }
    }
    by_name::sort(tensors_);
    for (const auto& [tensor, shard] : shard_of)
      if (find(tensor) == nullptr)
        return error{errc::missing_tensor, detail::concat({name, ": weight_map: ", tensor, " is not in ", shard})};
    return {};
  }

  template <class Open>
  [[gnu::cold]] result<void> add(const std::string& name, Open& open) {
    const auto bytes = open(name);
    if (!bytes) return bytes.error();
    auto parsed = safetensors::parse(*bytes, detail::concat({where_, "/", name}));
    if (!parsed) return std::move(parsed).error();
    total_bytes_ += bytes->size();
    tensors_.insert(tensors_.end(), parsed->tensors().begin(), parsed->tensors().end());
    return {};
  }

  static bool is_plain_name(std::string_view name) noexcept {
    return !name.empty() && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\\:\0", 4)) == std::string_view::npos;
  }

  std::vector<mapped_file> files_;
  std::vector<tensor_view> tensors_;
  std::string where_;
  std::size_t total_bytes_ = 0;
};

}  // namespace distilbert
