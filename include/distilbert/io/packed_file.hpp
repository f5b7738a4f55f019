#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distilbert/core/aligned_buffer.hpp"
#include "distilbert/core/concat.hpp"
#include "distilbert/core/content_hash.hpp"
#include "distilbert/core/mapped_file.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/io/dtype.hpp"

namespace distilbert {

/// What the sections of a packed file were made for, and of what.
struct packed_origin {
  std::string kernels;            ///< name of the kernel table whose panels they hold
  std::uint32_t panel_width = 0;  ///< outputs of a panel
  std::uint32_t layout = 0;       ///< version of the names, order and padding of sections
  std::uint64_t panel_order = 0;  ///< what tells the order of weights in a panel
  std::uint64_t source = 0;       ///< what tells the checkpoint that they were made of
  std::uint64_t parameters = 0;   ///< weights of that checkpoint
  dtype weights = dtype::f32;     ///< type of the linear layers' weights
};

/// One block of a packed file, at a multiple of 64 bytes.
struct packed_section {
  std::string name;                  ///< the weight, or the weights packed as one
  dtype type = dtype::f32;           ///< of its elements
  std::span<const std::byte> bytes;  ///< where it lies
  std::uint64_t hash = 0;            ///< content_hash of the bytes
};

namespace detail {

// The fields of a packed file, little-endian as in memory. docs/FORMAT.md describes them.
struct packed_header {
  static constexpr char magic_bytes[9] =
      "\x89"
      "DBP\r\n\x1a\n";
  static constexpr std::uint32_t order = 0x01020304, swapped = 0x04030201, current_version = 1;
  static constexpr std::size_t first_section = 4096;  ///< a section begins here at the earliest

  char magic[8];
  std::uint32_t byte_order;
  std::uint32_t version;
  std::uint64_t file_bytes;
  std::uint64_t sections;
  std::uint64_t hash;  ///< of header and table, this field as zero
  std::uint64_t source;
  std::uint64_t panel_order;
  std::uint64_t parameters;
  std::uint32_t panel_width;
  std::uint32_t layout;
  char kernels[32];
  char weights[16];
  char reserved[8];
};
static_assert(sizeof(packed_header) == 128);

struct packed_entry {
  char name[88];
  char type[16];
  std::uint64_t begin;  ///< from the start of the file
  std::uint64_t bytes;
  std::uint64_t hash;
};
static_assert(sizeof(packed_entry) == 128);

// Where a section begins that follows one which ends here.
constexpr std::uint64_t packed_begin(std::uint64_t end) noexcept {
  return (end + alignment - 1) / alignment * alignment;
}

// A text of a field that is filled up with zeros; empty where it does not end, which no field may be.
template <std::size_t size>
std::string_view packed_text(const char (&field)[size]) noexcept {
  const void* end = std::memchr(field, 0, size);
  return end == nullptr ? std::string_view() : std::string_view(field);
}
}  // namespace detail

/// A file of weights that are packed already, to be used in place: processes that map it share its pages.
///
/// Opening checks header and table, which cost nothing; verify() reads everything.
class packed_file {
 public:
  /// Opens `path`. Errors: file_not_found, io_error, out_of_memory, and those of parse().
  [[gnu::cold]] static result<packed_file> open(const std::filesystem::path& path,
                                                file_access access = file_access::map) {
    auto file = mapped_file::open(path, access);
    if (!file) return std::move(file).error();
    auto parsed = parse(file->bytes(), path.string());
    if (parsed) parsed->file_ = *std::move(file);
    return parsed;
  }

  /// Checks the header and the table of `file`, which begins at a multiple of 64 bytes and must outlive the result.
  ///
  /// Errors: packed_mismatch for another version of the format, or another byte order; invalid_packed_file for
  /// anything that no writer of this version makes.
  [[gnu::cold]] static result<packed_file> parse(std::span<const std::byte> file, std::string_view where) {
    packed_file parsed;
    parsed.where_ = where;
    parsed.bytes_ = file;
    if (auto fault = parsed.read()) return *std::move(fault);
    return parsed;
  }

  /// What the weights were packed for, and of what.
  const packed_origin& origin() const noexcept { return origin_; }
  /// In the order of the file.
  std::span<const packed_section> sections() const noexcept { return sections_; }
  /// The file, for messages.
  const std::string& where() const noexcept { return where_; }
  /// The whole file.
  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  /// Whether the sections are the file's own pages rather than a copy.
  bool is_mapped() const noexcept { return file_.is_mapped(); }

  /// Reads every section and compares it with its hash. Errors: invalid_packed_file.
  [[gnu::cold]] result<void> verify() const {
    for (const packed_section& section : sections_)
      if (const std::uint64_t found = content_hash(section.bytes); found != section.hash)
        return error{errc::invalid_packed_file, detail::concat({where_, ": section ", section.name, ": expected hash ",
                                                                section.hash, ", found ", found})};
    return {};
  }

 private:
  [[gnu::cold]] error damaged(std::string_view field, std::initializer_list<detail::piece> what) const {
    return {errc::invalid_packed_file, detail::concat({where_, ": ", field, ": ", detail::concat(what)})};
  }

  [[gnu::cold]] std::optional<error> read() {
    detail::packed_header header;
    if (bytes_.size() < sizeof header)
      return damaged("header", {"expected ", sizeof header, " bytes, found ", bytes_.size()});
    std::memcpy(&header, bytes_.data(), sizeof header);
    if (std::memcmp(header.magic, header.magic_bytes, sizeof header.magic) != 0)
      return damaged("magic", {"expected that of a packed file, found another"});
    if (header.byte_order == header.swapped)
      return error{errc::packed_mismatch, where_ + ": byte order: expected little-endian, found big-endian"};
    if (header.byte_order != header.order)
      return damaged("byte order", {"expected ", header.order, ", found ", header.byte_order});
    if (header.version != header.current_version)
      return error{errc::packed_mismatch, detail::concat({where_, ": version: expected ", header.current_version,
                                                          ", found ", header.version})};
    if (header.file_bytes != bytes_.size())
      return damaged("file size", {"expected ", header.file_bytes, " bytes, found ", bytes_.size()});
    const std::size_t most = (bytes_.size() - sizeof header) / sizeof(detail::packed_entry);
    if (header.sections > most)
      return damaged("sections", {"expected at most ", most, " in a file of this size, found ", header.sections});
    const auto count = static_cast<std::size_t>(header.sections);
    const std::size_t table_bytes = count * sizeof(detail::packed_entry);
    if (const std::uint64_t found = head_hash(header, bytes_.subspan(sizeof header, table_bytes)); found != header.hash)
      return damaged("header", {"expected hash ", header.hash, ", found ", found});

    const auto kernels = detail::packed_text(header.kernels);
    if (kernels.empty()) return damaged("kernels", {"expected a name, found none"});
    const auto weights = dtype_of(detail::packed_text(header.weights));
    if (!weights)
      return damaged("weights", {"expected a type of tensors, found \"", detail::packed_text(header.weights), "\""});
    origin_ = {.kernels = std::string(kernels),
               .panel_width = header.panel_width,
               .layout = header.layout,
               .panel_order = header.panel_order,
               .source = header.source,
               .parameters = header.parameters,
               .weights = *weights};
    sections_.reserve(count);
    std::uint64_t end = sizeof header + table_bytes;
    if (end < header.first_section) end = header.first_section;
    for (std::size_t i = 0; i < count; ++i) {
      detail::packed_entry entry;
      std::memcpy(&entry, bytes_.data() + sizeof header + i * sizeof entry, sizeof entry);
      if (auto fault = add(entry, i, end)) return fault;
    }
    if (const std::uint64_t whole = detail::packed_begin(end); whole != bytes_.size())
      return damaged("file size", {"expected ", whole, " bytes by the sections, found ", bytes_.size()});
    return std::nullopt;
  }

  // Sections lie in the order of the table, each at the first multiple of 64 after the one before.
  [[gnu::cold]] std::optional<error> add(const detail::packed_entry& entry, std::size_t i, std::uint64_t& end) {
    const auto name = detail::packed_text(entry.name);
    const std::string field = detail::concat({"section ", i, name.empty() ? "" : " ", name});
    if (name.empty()) return damaged(field, {"expected a name, found none"});
    const auto type = dtype_of(detail::packed_text(entry.type));
    if (!type) return damaged(field, {"expected a type of tensors, found \"", detail::packed_text(entry.type), "\""});
    if (entry.begin != detail::packed_begin(end))
      return damaged(field, {"expected to begin at byte ", detail::packed_begin(end), ", found ", entry.begin});
    if (entry.begin > bytes_.size() || entry.bytes > bytes_.size() - entry.begin)
      return damaged(field, {"expected to end within the file's ", bytes_.size(), " bytes, found ", entry.bytes,
                             " from ", entry.begin, " on"});
    end = entry.begin + entry.bytes;
    sections_.push_back({std::string(name), *type,
                         bytes_.subspan(static_cast<std::size_t>(entry.begin), static_cast<std::size_t>(entry.bytes)),
                         entry.hash});
    return std::nullopt;
  }

 public:
  /// What a header says of itself and the table.
  static std::uint64_t head_hash(detail::packed_header header, std::span<const std::byte> table) noexcept {
    header.hash = 0;
    const std::uint64_t hashes[2] = {content_hash(std::as_bytes(std::span(&header, 1))), content_hash(table)};
    return content_hash(std::as_bytes(std::span(hashes)));
  }

 private:
  mapped_file file_;
  std::span<const std::byte> bytes_;
  std::string where_;
  packed_origin origin_;
  std::vector<packed_section> sections_;
};

}  // namespace distilbert
