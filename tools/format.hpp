#pragma once
#include <string>
#include <string_view>

namespace tool {

/// A number as Python prints a float: the shortest decimal that names the same double. `null` for NaN and infinities,
/// which JSON cannot say. A float32 given as its double comes back as the same float32.
std::string number(double value);

/// A JSON string; ill-formed UTF-8 is replaced by U+FFFD.
std::string json_string(std::string_view text);

/// A field of a CSV line by RFC 4180, quoted where it has to be.
std::string csv_field(std::string_view text);

/// One line of plain text, also a field of a TSV line: control characters become spaces.
std::string printable(std::string_view text);

}  // namespace tool
