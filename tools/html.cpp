#include "html.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "distilbert/text/utf8.hpp"

namespace tool {

namespace utf8 = distilbert::utf8;

std::string html_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    utf8::decoded d = utf8::decode(text, i);
    i += d.length;
    const bool control =
        (d.scalar < 0x20 && d.scalar != '\n' && d.scalar != '\t') || (d.scalar >= 0x7F && d.scalar < 0xA0);
    // Marks that turn the direction of writing would turn that of the page as well.
    const bool turns = (d.scalar >= 0x202A && d.scalar <= 0x202E) || (d.scalar >= 0x2066 && d.scalar <= 0x2069);
    if (control || turns) d.scalar = utf8::replacement;
    switch (d.scalar) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: {
        char bytes[4];
        out.append(bytes, utf8::encode(d.scalar, bytes));
      }
    }
  }
  return out;
}

int mark_level(const distilbert::explanation& why, double contribution) {
  double most = 0;
  for (const auto& part : why.parts) most = std::max(most, std::abs(part.contribution));
  // A twentieth of the strongest is no news.
  return most == 0 || std::abs(contribution) < most / 20
             ? 0
             : static_cast<int>(std::ceil(4 * std::abs(contribution) / most));
}

std::string marked_html(std::string_view text, const distilbert::explanation& why) {
  std::string out;
  std::size_t at = 0;
  for (const auto& part : why.parts) {
    out += html_text(text.substr(at, part.bytes.begin - at));
    at = part.bytes.end;
    const std::string word = html_text(text.substr(part.bytes.begin, part.bytes.end - part.bytes.begin));
    const int level = mark_level(why, part.contribution);
    if (level == 0) {
      out += word;
      continue;
    }
    char digits[64];
    std::snprintf(digits, sizeof digits, "%+.2f", part.contribution);
    const bool against = part.contribution < 0;
    out += std::string("<mark class=\"") + (against ? "against" : "for") + " l" + std::to_string(level) +
           "\" title=\"" + digits + "\">" + word + "<span class=\"sr\"> (" + (against ? "against, " : "for, ") +
           digits + ")</span></mark>";
  }
  return out + html_text(text.substr(at));
}

const char* const mark_styles =
    "mark{color:inherit;background:none;border-radius:.2em;padding:0 .1em}"
    "mark.for{background:rgba(24,138,66,var(--a));border-bottom:2px solid #188a42}"
    "mark.against{background:rgba(205,50,40,var(--a));border-bottom:2px dashed #cd3228}"
    ".l1{--a:.10}.l2{--a:.20}.l3{--a:.32}.l4{--a:.45}"
    ".sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}";

}  // namespace tool
