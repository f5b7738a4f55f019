#include "byte_source.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace tool {

using distilbert::errc;
using distilbert::error;
using distilbert::result;

namespace {

constexpr std::array gzip_magic = {'\x1F', '\x8B', '\x08'};
constexpr std::size_t block_bytes = std::size_t{1} << 16;

}  // namespace

// zlib's state points back at its stream, so both stay where they are.
struct byte_source::inflater {
  inflater() : usable(::inflateInit2(&stream, 15 + 16) == Z_OK) {}  // 16: gzip's framing, checksum and length
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;
  ~inflater() { ::inflateEnd(&stream); }

  z_stream stream{};
  std::vector<char> packed = std::vector<char>(block_bytes);
  bool usable;
  bool member_open = true;  // gzip files may hold several, one after the other
};

std::string shown_name(const std::string& file) { return file == "-" ? "standard input" : file; }

void byte_source::closer::operator()(std::FILE* f) const noexcept {
  if (f != stdin) std::fclose(f);
}

byte_source::byte_source() = default;
byte_source::byte_source(byte_source&&) noexcept = default;
byte_source& byte_source::operator=(byte_source&&) noexcept = default;
byte_source::~byte_source() = default;

error byte_source::fault(const std::string& what) const { return {errc::io_error, name_ + ": " + what}; }

result<byte_source> byte_source::open(const std::string& file) {
  byte_source source;
  source.name_ = shown_name(file);
  if (file == "-") {
    source.stream_.reset(stdin);
    return source;
  }
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) return source.fault("expected a file, found a directory");
  source.stream_.reset(std::fopen(file.c_str(), "rb"));
  if (!source.stream_)
    return error{errno == ENOENT ? errc::file_not_found : errc::io_error, file + ": " + std::strerror(errno)};
  return source;
}

// Below the stream's own buffer, so that a pipe gives what is there instead of waiting for more.
result<std::size_t> byte_source::read_file(std::span<char> room) {
#if defined(_WIN32)
  const int count = ::_read(::_fileno(stream_.get()), room.data(), static_cast<unsigned>(room.size()));
#else
  ssize_t count = 0;
  do count = ::read(::fileno(stream_.get()), room.data(), room.size());
  while (count < 0 && errno == EINTR);
#endif
  if (count < 0) return fault(std::strerror(errno));
  position_ += static_cast<std::size_t>(count);
  return static_cast<std::size_t>(count);
}

// Tells whether the file is gzip. A pipe may give single bytes: as long as they could be gzip's, the next are needed.
result<void> byte_source::begin() {
  begun_ = true;
  first_.resize(block_bytes);
  std::size_t count = 0;
  const auto alike = [&] {
    const std::size_t n = std::min(count, gzip_magic.size());
    return std::equal(gzip_magic.begin(), gzip_magic.begin() + static_cast<std::ptrdiff_t>(n), first_.begin());
  };
  while (count < gzip_magic.size() && alike()) {
    const auto got = read_file(std::span(first_).subspan(count));
    if (!got) return got.error();
    if (*got == 0) break;
    count += *got;
  }
  first_.resize(count);
  if (count >= gzip_magic.size() && alike()) {
    inflater_ = std::make_unique<inflater>();
    if (!inflater_->usable) return fault("no memory to unpack it");
    inflater_->packed.swap(first_);
    inflater_->stream.next_in = reinterpret_cast<Bytef*>(inflater_->packed.data());
    inflater_->stream.avail_in = static_cast<uInt>(count);
  } else if (name_.ends_with(".gz")) {
    return fault(std::string("expected gzip, as the name says, found ") +
                 (count == 0 ? "an empty file" : "something else"));
  }
  return {};
}

result<std::size_t> byte_source::unpack(std::span<char> room) {
  z_stream& z = inflater_->stream;
  std::vector<char>& packed = inflater_->packed;
  z.next_out = reinterpret_cast<Bytef*>(room.data());
  z.avail_out = static_cast<uInt>(room.size());
  while (z.avail_out == room.size()) {
    if (z.avail_in == 0) {
      packed.resize(block_bytes);
      const auto got = read_file(packed);
      if (!got) return got;
      if (*got == 0 && inflater_->member_open) return fault("the gzip data is cut short");
      if (*got == 0) return std::size_t{0};
      z.next_in = reinterpret_cast<Bytef*>(packed.data());
      z.avail_in = static_cast<uInt>(*got);
    }
    if (!std::exchange(inflater_->member_open, true)) ::inflateReset(&z);
    const int code = ::inflate(&z, Z_NO_FLUSH);
    if (code == Z_STREAM_END)
      inflater_->member_open = false;
    else if (code != Z_OK && code != Z_BUF_ERROR)
      return fault(std::string("the gzip data is damaged: ") + (z.msg != nullptr ? z.msg : ::zError(code)));
  }
  return room.size() - z.avail_out;
}

result<std::size_t> byte_source::read(std::span<char> room) {
  if (!begun_)
    if (auto done = begin(); !done) return std::move(done).error();
  if (inflater_) return unpack(room);
  if (given_ == first_.size()) return read_file(room);
  const std::size_t count = std::min(room.size(), first_.size() - given_);
  std::copy_n(first_.begin() + static_cast<std::ptrdiff_t>(given_), count, room.begin());
  given_ += count;
  return count;
}

}  // namespace tool
