#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "distilbert/core/config.hpp"
#include "html.hpp"
#include "report_data.hpp"

namespace tool {
namespace {

std::string fixed(const char* format, double value) {
  char digits[64];
  std::snprintf(digits, sizeof digits, format, value);
  return digits;
}
double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}
std::string percent(double value) { return fixed("%.1f\xC2\xA0%%", 100 * value); }
std::string count(std::size_t n) {
  std::string digits;
  for (std::size_t place = 0; n > 0 || place == 0; n /= 10, ++place) {
    if (place > 0 && place % 3 == 0) digits += ',';
    digits += static_cast<char>('0' + n % 10);
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// Where a share of all texts like these lies, 95 times of 100. Source: Wilson 1927.
std::pair<double, double> interval(std::size_t part, std::size_t whole) {
  if (whole == 0) return {0, 1};
  const double n = static_cast<double>(whole), p = share(part, whole), z = 1.96;
  const double middle = p + z * z / (2 * n), width = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {(middle - width) / (1 + z * z / n), (middle + width) / (1 + z * z / n)};
}

const char* const styles =
    ":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#56606b;--line:#cfd6dd;--card:#f4f6f8;"
    "--c0:#c4372c;--c1:#1b7f43;--c2:#2f6fb5;--c3:#a06800;--c4:#7a4fb0;--c5:#0f7c86;--none:#7a8490}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--paper:#14181d;--soft:#a9b3be;--line:#3a434d;"
    "--card:#1d232a;--c0:#f0766b;--c1:#4fbf7d;--c2:#75aef0;--c3:#dba43c;--c4:#b694ea;--c5:#4fc0c9;--none:#8f99a5}}"
    "*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 "
    "system-ui,sans-serif;"
    "overflow-wrap:anywhere}main,header,footer{max-width:60rem;margin:auto;padding:0 1rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin:1.2rem 0 .3rem}h2{font-size:1.2rem;margin:2.2rem 0 .4rem}"
    "h3{font-size:1rem;margin:1.2rem 0 .3rem}p,ul{margin:.4rem 0}.soft{color:var(--soft)}"
    "a{color:inherit}a:focus-visible,[tabindex]:focus-visible,summary:focus-visible{outline:3px solid "
    "var(--c2);outline-offset:2px}"
    ".skip{position:absolute;left:-99rem}.skip:focus{left:1rem;background:var(--paper);padding:.5rem}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;color:var(--soft);padding-bottom:.3rem}th,td{text-align:left;padding:.3rem .7rem .3rem 0;"
    "border-bottom:1px solid var(--line);vertical-align:top}td.n,th.n{text-align:right}thead th{white-space:nowrap}"
    ".bar{display:flex;height:1rem;min-width:6rem;background:var(--card);border-radius:.2rem;overflow:hidden}"
    ".bar i{display:block;border-right:1px solid var(--paper)}"
    "svg{width:100%;height:auto;max-width:44rem;display:block}svg text{fill:var(--soft);font:12px system-ui,sans-serif}"
    "blockquote{margin:.6rem 0;padding:.5rem .8rem;background:var(--card);border-left:4px solid var(--line);"
    "white-space:pre-wrap}blockquote b{display:block;font-size:.85rem;color:var(--soft)}"
    "tbody th{min-width:7rem}@media(max-width:36rem){svg.chart text{font-size:18px}}code{font-size:.85em}nav "
    "ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1rem}"
    "@media print{nav,.skip{display:none}}";

class page {
 public:
  page(const report_data& data, const report_origin& origin) : d_(data), o_(origin) {}

  std::string write() {
    head();
    shares();
    histogram();
    if (!o_.time_column.empty()) trend();
    if (!o_.group_column.empty()) groups();
    if (!o_.label_column.empty()) truth();
    examples();
    signals();
    reading();
    model();
    out_ += "</main>\n<footer><p class=\"soft\">Made by distilbert " DISTILBERT_VERSION_STRING
            ".</p></footer>\n</body></html>\n";
    return std::move(out_);
  }

 private:
  std::size_t entries() const { return d_.labels.size() + (o_.neutral.empty() ? 0U : 1U); }
  std::string name(std::size_t label) const {
    return label < d_.labels.size() ? html_text(d_.labels[label]) : "no label";
  }
  std::string colour(std::size_t label) const {
    return label < d_.labels.size() ? "var(--c" + std::to_string(label % 6) + ")" : "var(--none)";
  }
  void section(const char* id, const std::string& title) {
    out_ += std::string("<section aria-labelledby=\"") + id + "\"><h2 id=\"" + id + "\">" + title + "</h2>\n";
  }
  void end() { out_ += "</section>\n"; }
  void table(const std::string& caption, const std::vector<std::string>& columns, std::size_t numbers_from = 1) {
    out_ += "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + caption + "\"><table><caption>" +
            caption + "</caption><thead><tr>";
    for (std::size_t i = 0; i < columns.size(); ++i)
      out_ += std::string("<th scope=\"col\"") + (i >= numbers_from ? " class=\"n\">" : ">") + columns[i] + "</th>";
    out_ += "</tr></thead><tbody>\n";
  }
  void row(const std::string& first, const std::vector<std::string>& cells) {
    out_ += "<tr><th scope=\"row\">" + first + "</th>";
    for (const std::string& cell : cells) out_ += "<td class=\"n\">" + cell + "</td>";
    out_ += "</tr>\n";
  }
  void end_table() { out_ += "</tbody></table></div>\n"; }
  // A stacked bar; the numbers stand beside it, so readers of screens pass it over.
  std::string bar(const label_counts& counts) const {
    std::string all = "<span class=\"bar\" aria-hidden=\"true\">";
    for (std::size_t l = 0; l < entries(); ++l)
      all += "<i style=\"width:" + fixed("%.2f", 100 * share(counts.by_label[l], counts.total)) +
             "%;background:" + colour(l) + "\"></i>";
    return all + "</span>";
  }

  void head() {
    const std::string title = html_text(o_.title);
    out_ +=
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">\n"
        "<title>" +
        title + "</title>\n<style>" + styles + mark_styles +
        "</style></head>\n<body><a class=\"skip\" href=\"#shares\">Skip to the figures</a>\n<header><h1>" + title +
        "</h1>\n<p class=\"soft\">" + count(d_.counts.total) + " texts of " + html_text(o_.input) +
        ", labelled by the model " + html_text(o_.model) + ".</p>\n<nav aria-label=\"Contents\"><ul>";
    const auto link = [&](const char* id, const char* text) {
      out_ += std::string("<li><a href=\"#") + id + "\">" + text + "</a></li>";
    };
    link("shares", "Labels");
    link("scores", "Scores");
    if (!o_.time_column.empty()) link("trend", "Trend");
    if (!o_.group_column.empty()) link("groups", "Groups");
    if (!o_.label_column.empty()) link("truth", "How often right");
    link("examples", "Texts");
    link("signals", "Warnings");
    link("reading", "How to read this");
    link("model", "Model");
    out_ += "</ul></nav></header>\n<main>\n";
  }

  void shares() {
    section("shares", "Labels");
    table("Texts by label", {"Label", "Share", "Texts", "Share"}, 2);
    for (std::size_t l = 0; l < entries(); ++l) {
      const double part = share(d_.counts.by_label[l], d_.counts.total);
      out_ += "<tr><th scope=\"row\">" + name(l) +
              "</th><td><span class=\"bar\" aria-hidden=\"true\"><i style=\"width:" + fixed("%.2f", 100 * part) +
              "%;background:" + colour(l) + "\"></i></span></td><td class=\"n\">" + count(d_.counts.by_label[l]) +
              "</td><td class=\"n\">" + percent(part) + "</td></tr>\n";
    }
    end_table();
    end();
  }

  void histogram() {
    const std::string of = d_.axis() ? "the score of " + name(*d_.axis()) : std::string("the best label's score");
    section("scores", "Scores");
    out_ += "<p>How many texts have which score: " + of +
            ", from 0 to 1. Texts in the middle are those the model is unsure of.</p>\n";
    const std::size_t most = std::max<std::size_t>(1, *std::max_element(d_.histogram.begin(), d_.histogram.end()));
    out_ += "<svg class=\"chart\" viewBox=\"0 0 640 210\" role=\"img\" aria-label=\"Histogram of " + of +
            "; the table below has its numbers\">";
    for (std::size_t b = 0; b < d_.histogram.size(); ++b) {
      const double high = 170 * share(d_.histogram[b], most);
      const std::size_t side = !d_.axis() ? 2U : b < d_.histogram.size() / 2 ? 1 - *d_.axis() : *d_.axis();
      out_ += "<rect x=\"" + fixed("%.0f", 32 * static_cast<double>(b) + 1) + "\" y=\"" + fixed("%.1f", 180 - high) +
              "\" width=\"30\" height=\"" + fixed("%.1f", high) + "\" fill=\"" + colour(side) + "\"/>";
    }
    out_ += "<line x1=\"0\" x2=\"640\" y1=\"180.5\" y2=\"180.5\" stroke=\"var(--line)\"/>";
    for (const int tick : {0, 25, 50, 75, 100})
      out_ += "<text x=\"" + std::to_string(tick * 640 / 100) + "\" y=\"198\" text-anchor=\"" +
              (tick == 0     ? "start"
               : tick == 100 ? "end"
                             : "middle") +
              "\">" + fixed("%.2f", tick / 100.0) + "</text>";
    out_ += "</svg>\n<details><summary>The histogram's numbers</summary>\n";
    table("Texts by score", {"Score", "Texts"});
    for (std::size_t b = 0; b < d_.histogram.size(); ++b)
      row(fixed("%.2f", share(b, d_.histogram.size())) + " to " + fixed("%.2f", share(b + 1, d_.histogram.size())),
          {count(d_.histogram[b])});
    end_table();
    out_ += "</details>\n";
    end();
  }

  // Shares of the labels, for each of some kinds of texts.
  void share_table(const std::string& caption, const std::string& kind,
                   const std::vector<std::pair<std::string, label_counts>>& rows) {
    std::vector<std::string> columns = {kind, "Shares", "Texts"};
    for (std::size_t l = 0; l < entries(); ++l) columns.push_back(name(l));
    if (d_.axis()) columns.push_back(name(*d_.axis()) + ", 95\xC2\xA0% interval");
    table(caption, columns, 2);
    for (const auto& [title, counts] : rows) {
      out_ += "<tr><th scope=\"row\">" + title + "</th><td>" + bar(counts) + "</td><td class=\"n\">" +
              count(counts.total) + "</td>";
      for (std::size_t l = 0; l < entries(); ++l)
        out_ += "<td class=\"n\">" + percent(share(counts.by_label[l], counts.total)) + "</td>";
      if (d_.axis()) {
        const auto [low, high] = interval(counts.by_label[*d_.axis()], counts.total);
        out_ += "<td class=\"n\">" + fixed("%.0f", 100 * low) + " to " + fixed("%.0f", 100 * high) + "\xC2\xA0%</td>";
      }
      out_ += "</tr>\n";
    }
    end_table();
  }

  void trend() {
    section("trend", "Trend over time");
    const auto periods = d_.periods();
    if (d_.unreadable_dates > 0)
      out_ +=
          "<p>" + count(d_.unreadable_dates) + " texts have no readable date (YYYY-MM-DD) and are left out here.</p>\n";
    const std::size_t label = d_.axis().value_or(0), n = periods.size();
    if (n > 1) {
      out_ += "<p>Share of " + name(label) +
              ".</p><svg class=\"chart\" viewBox=\"0 0 640 220\" role=\"img\" aria-label=\"Share of " + name(label) +
              " over time; the table below has its numbers\">";
      for (const int tick : {0, 50, 100}) {
        const std::string y = fixed("%.1f", 190 - 1.7 * tick);
        out_ += "<line x1=\"66\" x2=\"632\" y1=\"" + y + "\" y2=\"" + y +
                "\" stroke=\"var(--line)\"/><text x=\"60\" y=\"" + y + "\" dy=\".3em\" text-anchor=\"end\">" +
                std::to_string(tick) + "\xC2\xA0%</text>";
      }
      std::string points, dots;
      std::size_t i = 0;
      for (const auto& [period, counts] : periods) {
        const std::string x = fixed("%.1f", 70 + 558 * share(i++, n - 1));
        const std::string y = fixed("%.1f", 190 - 170 * share(counts.by_label[label], counts.total));
        points += x + "," + y + " ";
        dots += "<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"3\" fill=\"" + colour(label) + "\"/>";
      }
      out_ += "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + colour(label) +
              "\" stroke-width=\"2\"/>" + dots + "<text x=\"70\" y=\"212\">" + periods.begin()->first +
              "</text><text x=\"628\" y=\"212\" text-anchor=\"end\">" + periods.rbegin()->first + "</text></svg>\n";
    }
    out_ += "<details><summary>The trend's numbers</summary>\n";
    std::vector<std::pair<std::string, label_counts>> rows(periods.begin(), periods.end());
    share_table("Labels over time", "Time", rows);
    out_ += "</details>\n";
    end();
  }

  void groups() {
    constexpr std::size_t most = 50;
    section("groups", "By " + html_text(o_.group_column));
    std::vector<std::pair<std::string, label_counts>> rows(d_.groups.begin(), d_.groups.end());
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.second.total > b.second.total; });
    if (rows.size() > most) {
      out_ += "<p>" + count(rows.size()) + " groups; the " + std::to_string(most) + " largest are shown.</p>\n";
      rows.resize(most);
    }
    for (auto& [title, counts] : rows) title = title.empty() ? "(none)" : html_text(title);
    share_table("Labels by " + html_text(o_.group_column), html_text(o_.group_column), rows);
    end();
  }

  void truth() {
    const auto measured = measure_reliability(d_.truth, o_.temperature, 10);
    section("truth", "How often right");
    out_ += "<p>Of " + count(measured.texts) + " texts with a true label in \xE2\x80\x9C" + html_text(o_.label_column) +
            "\xE2\x80\x9D, the model's best label is right for " + percent(measured.accuracy) + "; its mean score is " +
            fixed("%.3f", measured.confidence) +
            ". Expected calibration error: " + fixed("%.3f", measured.expected_calibration_error) + ".</p>\n";
    std::vector<std::string> columns = {"True label"};
    for (std::size_t l = 0; l < d_.labels.size(); ++l) columns.push_back("labelled " + name(l));
    table("Confusion matrix", columns);
    for (std::size_t t = 0; t < d_.labels.size(); ++t) {
      std::vector<std::string> cells;
      for (const std::size_t n : d_.confusion[t]) cells.push_back(count(n));
      row(name(t), cells);
    }
    end_table();
    out_ +=
        "<h3>Reliability</h3><p>Each dot is the answers of about one score: how often they are right, against their "
        "mean score. On the line, scores would be what they say.</p>\n"
        "<svg viewBox=\"0 0 320 300\" style=\"max-width:22rem\" role=\"img\" aria-label=\"Reliability diagram; the "
        "table below has its numbers\">"
        "<rect x=\"40\" y=\"10\" width=\"260\" height=\"260\" fill=\"none\" stroke=\"var(--line)\"/>"
        "<line x1=\"40\" y1=\"270\" x2=\"300\" y2=\"10\" stroke=\"var(--soft)\" stroke-dasharray=\"4\"/>";
    for (const auto& bin : measured.bins)
      if (bin.texts > 0)
        out_ += "<circle cx=\"" + fixed("%.1f", 40 + 260 * bin.confidence) + "\" cy=\"" +
                fixed("%.1f", 270 - 260 * bin.accuracy) + "\" r=\"" +
                fixed("%.1f", 3 + 9 * std::sqrt(share(bin.texts, measured.texts))) + "\" fill=\"var(--c2)\"/>";
    out_ +=
        "<text x=\"40\" y=\"287\">0</text><text x=\"300\" y=\"287\" text-anchor=\"end\">mean score 1</text>"
        "<text x=\"34\" y=\"270\" text-anchor=\"end\">0</text><text x=\"34\" y=\"20\" "
        "text-anchor=\"end\">right</text></svg>\n";
    table("Reliability", {"Score", "Texts", "Mean score", "Right"});
    for (const auto& bin : measured.bins)
      if (bin.texts > 0)
        row(fixed("%.1f", bin.low) + " to " + fixed("%.1f", bin.high),
            {count(bin.texts), fixed("%.3f", bin.confidence), percent(bin.accuracy)});
    end_table();
    end();
  }

  void list(const std::string& title, const std::vector<report_example>& kept) {
    if (kept.empty()) return;
    out_ += "<h3>" + title + "</h3>\n";
    for (const report_example& e : kept)
      out_ += "<blockquote><b>" + html_text(e.label) + " " + fixed("%.4f", static_cast<double>(e.score)) + "</b>" +
              marked_html(e.text, e.why) + "</blockquote>\n";
  }
  void examples() {
    section("examples", "Texts");
    out_ +=
        "<p>Marked words, green with a solid line, speak for the label given; red with a dashed line, against it. They "
        "show what the model went by, not whether it is right.</p>\n";
    for (const auto& [label, kept] : d_.most_certain) list("Most certain: " + name(label), kept);
    list("Least certain", d_.least_certain);
    end();
  }

  void signals() {
    section("signals", "Warnings");
    out_ +=
        "<p>Texts that the model was not made for get a label all the same. Look at these before you believe the "
        "figures.</p>\n";
    table("Texts with warnings", {"Warning", "Texts", "Share"});
    const std::pair<const char*, std::size_t> all[] = {
        {"Empty: nothing to read", d_.empty},
        {"Longer than what is read: the end was cut", d_.truncated},
        {"Likely not English", d_.not_english},
        {"More than a fifth emoji", d_.many_emoji},
        {"More than a tenth of its tokens unknown to the model", d_.many_unknown},
        {"Close call: the best two labels' scores are within 0.2", d_.close_call}};
    for (const auto& [title, n] : all) row(title, {count(n), percent(share(n, d_.counts.total))});
    end_table();
    end();
  }

  void reading() {
    section("reading", "How to read this, and what not to conclude");
    out_ +=
        "<ul><li>A label is the model's guess about one text. Shares count guesses: if it errs more one way, so do "
        "they.</li>\n"
        "<li>A score is how sure the model is, not the chance of being right" +
        std::string(o_.temperature == 1 ? "; <code>distilbert calibrate</code> brings the two together"
                                        : "; these scores are calibrated, on texts that may be unlike yours") +
        ".</li>\n<li>A model of two labels has no word for neutral, mixed, ironic or off-topic texts: they get a label "
        "too" +
        std::string(o_.neutral.empty() ? "" : ", unless their score falls under the rule " + html_text(o_.neutral)) +
        ".</li>\n<li>Compare groups and times only where their intervals are apart, and the texts came about the same "
        "way. Small groups vary by chance.</li>\n"
        "<li>Those who write are not all those who bought, saw or used. This page tells of texts, not of people, and "
        "is no ground for a decision about one person.</li>\n"
        "<li>Before a decision, read some texts of each kind yourself, or label a hundred of them and run this report "
        "with <code>--label-column</code>.</li></ul>\n";
    end();
  }

  void model() {
    section("model", "Model");
    table("What made the labels", {"", ""}, 2);
    const auto say = [&](const std::string& what, const std::string& value) {
      out_ += "<tr><th scope=\"row\">" + what + "</th><td>" + value + "</td></tr>\n";
    };
    say("Model", html_text(o_.model));
    std::string labels;
    for (std::size_t l = 0; l < d_.labels.size(); ++l) labels += (l == 0 ? "" : ", ") + name(l);
    say("Labels", labels);
    say("Parameters", count(o_.parameters));
    say("Temperature", o_.temperature == 1 ? "none: scores as the model gives them" : fixed("%.4f", o_.temperature));
    say("Abstains", o_.neutral.empty() ? "never" : html_text(o_.neutral));
    for (const auto& [file, hash] : o_.hashes) say("SHA-256 of " + html_text(file), "<code>" + hash + "</code>");
    end_table();
    end();
  }

  const report_data& d_;
  const report_origin& o_;
  std::string out_;
};

}  // namespace

std::string report_page(const report_data& data, const report_origin& origin) { return page(data, origin).write(); }

}  // namespace tool
