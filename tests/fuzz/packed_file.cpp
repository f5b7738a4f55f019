// Packed files. The hash of the header would stop nearly all inputs: the first byte says whether it, the magic and the
// size are set right.
#include "distilbert/io/packed_file.hpp"

#include <cstring>

#include "distilbert/core/aligned_buffer.hpp"
#include "fuzz.hpp"

using namespace distilbert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool mend = (data[0] & 1) != 0;
  ++data, --size;
  aligned_buffer<std::byte> file;
  if (!file.allocate(size)) return 0;
  if (size > 0) std::memcpy(file.data(), data, size);
  detail::packed_header header;
  if (mend && size >= sizeof header) {
    std::memcpy(&header, file.data(), sizeof header);
    std::memcpy(header.magic, header.magic_bytes, sizeof header.magic);
    header.byte_order = header.order;
    header.version = header.current_version;
    header.file_bytes = size;
    header.sections %= (size - sizeof header) / sizeof(detail::packed_entry) + 1;
    const std::size_t table = static_cast<std::size_t>(header.sections) * sizeof(detail::packed_entry);
    header.hash = packed_file::head_hash(header, {file.data() + sizeof header, table});
    std::memcpy(file.data(), &header, sizeof header);
  }
  const std::span<const std::byte> bytes(file.data(), size);
  const auto parsed = packed_file::parse(bytes, "model.packed");
  if (!parsed) return check_error(parsed.error()), 0;
  const std::byte* end = bytes.data();
  for (const packed_section& section : parsed->sections()) {
    FUZZ_CHECK(section.bytes.data() >= end && section.bytes.data() + section.bytes.size() <= bytes.data() + size);
    FUZZ_CHECK(reinterpret_cast<std::uintptr_t>(section.bytes.data()) % alignment == 0);
    end = section.bytes.data() + section.bytes.size();
  }
  if (const auto whole = parsed->verify(); !whole) check_error(whole.error());
  return 0;
}
