#pragma once
#include <string>
#include <string_view>

#include "distilbert/pipeline/explain.hpp"

namespace tool {

/// Text as it can stand in HTML, between tags or in a quoted attribute: markup is escaped, what is not UTF-8 and
/// control characters are U+FFFD.
std::string html_text(std::string_view text);

/// A text with its explained words marked: green speaks for the label, red against it, the stronger the more.
std::string marked_html(std::string_view text, const distilbert::explanation& why);

/// Styles of the marks, for light and dark.
extern const char* const mark_styles;

/// How strong a contribution is beside the strongest of its text: 0 (not marked) to 4.
int mark_level(const distilbert::explanation& why, double contribution);

}  // namespace tool
