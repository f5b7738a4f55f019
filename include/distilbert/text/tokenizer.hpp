#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "distilbert/core/mapped_file.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/text/encoder.hpp"
#include "distilbert/text/encoding.hpp"
#include "distilbert/text/tokenizer_files.hpp"

namespace distilbert {

/// The tokenizer of a BERT vocabulary: any byte string in, the ids that Hugging Face's fast tokenizer gives out.
///
/// Immutable once loaded: any number of threads may encode with it, each into an encoding of its own.
class tokenizer {
 public:
  /// Reads tokenizer.json or vocab.txt in `directory`, and tokenizer_config.json, special_tokens_map.json and
  /// added_tokens.json where they are. Which file decides what: see detail::tokenizer_assembly.
  ///
  /// Errors: file_not_found, io_error, and those of from_files().
  [[gnu::cold]] static result<tokenizer> load(const std::filesystem::path& directory) {
    static constexpr std::array names = {"tokenizer.json", "vocab.txt", "tokenizer_config.json",
                                         "special_tokens_map.json", "added_tokens.json"};
    std::array<mapped_file, names.size()> opened;
    std::array<bool, names.size()> present{};
    for (std::size_t i = 0; i < names.size(); ++i) {
      auto file = mapped_file::open(detail::child(directory, names[i]));
      present[i] = file.has_value();
      if (present[i])
        opened[i] = *std::move(file);
      else if (file.error().code != errc::file_not_found)
        return std::move(file).error();
    }
    if (!present[0] && !present[1])
      return error{errc::file_not_found, detail::concat({detail::child(directory, names[1]).string(),
                                                         ": no such file, nor a tokenizer.json"})};
    for (std::size_t i = 0; i < names.size(); ++i)
      if (i != 1 && present[i] && opened[i].bytes().empty())
        return error{errc::invalid_json,
                     detail::concat({detail::child(directory, names[i]).string(), ": the file is empty"})};
    return from_files({opened[0].text(), opened[1].text(), opened[2].text(), opened[3].text(), opened[4].text()},
                      directory.string());
  }

  /// The same from memory; the bytes are not needed afterwards. `where` names the directory in messages.
  ///
  /// Errors: file_not_found, invalid_json, missing_field, invalid_field, invalid_vocabulary, unsupported_tokenizer.
  [[gnu::cold]] static result<tokenizer> from_files(const tokenizer_files& files, std::string_view where) {
    tokenizer out;
    if (auto fault = detail::tokenizer_assembly(files, where, out.loaded_).run()) return *std::move(fault);
    return out;
  }

  /// Encodes one text: clears `out` and fills it. Cannot fail: ill-formed UTF-8 is read as U+FFFD. Allocates nothing
  /// once `out` has grown. Thread-safe for distinct `out`.
  void encode(std::string_view text, const encode_options& options, encoding& out) const {
    detail::encoder(loaded_.stages, text, options, out).run();
  }

  /// The number of ids: the vocabulary's tokens and what was added to them.
  std::size_t vocab_size() const noexcept {
    std::size_t size = loaded_.stages.tokens.size();
    for (const added_token& token : added_tokens())
      if (static_cast<std::size_t>(token.id) >= size) size = static_cast<std::size_t>(token.id) + 1;
    return size;
  }
  /// The token of this id; empty when there is none. Lives as long as the tokenizer.
  std::string_view token(std::int32_t id) const noexcept {
    if (static_cast<std::size_t>(id) < loaded_.stages.tokens.size()) return loaded_.stages.tokens.token(id);
    for (const added_token& token : added_tokens())
      if (token.id == id) return token.content;
    return {};
  }
  /// The id of this token.
  std::optional<std::int32_t> id(std::string_view token) const noexcept {
    for (const added_token& added : added_tokens())
      if (added.content == token) return added.id;
    return loaded_.stages.tokens.id(token);
  }

  /// The longest text the model was made for, special tokens included, as tokenizer_config.json says.
  std::optional<std::size_t> model_max_length() const noexcept { return loaded_.model_max_length; }
  /// Whether text is read in lower case.
  bool lowercase() const noexcept { return loaded_.stages.normalizer.lowercase; }
  /// Whether accents are dropped.
  bool strip_accents() const noexcept { return loaded_.stages.normalizer.strip_accents; }
  /// Whether each Chinese character is a word.
  bool handle_chinese_chars() const noexcept { return loaded_.stages.normalizer.handle_chinese_chars; }
  /// Whether control characters are dropped and white space becomes a space.
  bool clean_text() const noexcept { return loaded_.stages.normalizer.clean_text; }
  /// The id of a word that no pieces make up.
  std::int32_t unk_id() const noexcept { return loaded_.stages.pieces.unknown_id(); }
  /// The id of [CLS], put before a text.
  std::optional<std::int32_t> cls_id() const noexcept { return loaded_.cls_id; }
  /// The id of [SEP], put after it.
  std::optional<std::int32_t> sep_id() const noexcept { return loaded_.sep_id; }
  /// The id of [PAD]; never put anywhere.
  std::optional<std::int32_t> pad_id() const noexcept { return loaded_.pad_id; }
  /// The id of [MASK]; never put anywhere.
  std::optional<std::int32_t> mask_id() const noexcept { return loaded_.mask_id; }
  /// The tokens that are looked for before text is cut into words.
  const std::vector<added_token>& added_tokens() const noexcept { return loaded_.stages.added.tokens(); }
  /// The file that the vocabulary is from: "tokenizer.json" or "vocab.txt".
  std::string_view source() const noexcept { return loaded_.source; }

 private:
  tokenizer() = default;

  detail::loaded_tokenizer loaded_;
};

}  // namespace distilbert
