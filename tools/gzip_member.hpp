#pragma once
#include <string>
#include <string_view>

namespace tool {

/// Bytes as one member of a gzip file: the same for the same bytes, without a name or a time.
std::string gzip_member(std::string_view bytes);

}  // namespace tool
