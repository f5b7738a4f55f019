#include <string_view>

#include "option_table.hpp"

namespace tool {
namespace {

// Text for man: a hyphen is one that can be copied, no line begins with what would be a macro.
std::string escaped(std::string_view text) {
  std::string all;
  for (const char c : text) {
    if (c == '\\')
      all += "\\e";
    else if (c == '-')
      all += "\\-";
    else if ((c == '.' || c == '\'') && (all.empty() || all.back() == '\n'))
      all.append("\\&").append(1, c);
    else
      all += c;
  }
  return all;
}

std::string option_lines(const command_entry& command) {
  std::string lines;
  for (const option_entry& option : command.options) {
    std::string names;
    for (const std::string& name : option.names)
      names += (names.empty() ? "" : ", ") + ("\\fB" + escaped(name) + "\\fR");
    lines += ".TP\n" + names + (option.value.empty() ? "" : " \\fI" + escaped(option.value) + "\\fR") + "\n" +
             escaped(option.help) + "\n";
  }
  return lines;
}

std::string example_lines(const command_entry& command) {
  return command.example.empty() ? "" : ".PP\nExample:\n.PP\n.RS\n.EX\n" + escaped(command.example) + "\n.EE\n.RE\n";
}

}  // namespace

std::string manual_page(const std::vector<command_entry>& commands, const std::string& version) {
  const command_entry& program = commands.front();
  std::string page =
      ".\\\" Written by the program itself: distilbert manual\n"
      ".TH DISTILBERT 1 \"\" \"distilbert " +
      version +
      "\" \"User Commands\"\n"
      ".SH NAME\ndistilbert \\- " +
      escaped(program.help) + "\n.SH SYNOPSIS\n";
  const char* separator = "";
  for (const command_entry& command : commands) {
    if (command.name.empty()) continue;
    page += separator;
    page += ".B distilbert " + command.name + "\n[\\fIOPTION\\fR]..." +
            (command.takes_texts ? " [\\fITEXT\\fR]..." : "") + "\n";
    separator = ".br\n";
  }
  page += ".SH DESCRIPTION\nThe default model is sst2\\-mini, which comes with the program.\n" +
          example_lines(program) + ".SH OPTIONS\n" + option_lines(program) + ".SH COMMANDS\n";
  for (const command_entry& command : commands)
    if (!command.name.empty())
      page +=
          ".SS " + command.name + "\n" + escaped(command.help) + ".\n" + option_lines(command) + example_lines(command);
  return page +
         ".SH EXIT STATUS\n0; 1 when a file, a model or a line of input is not what it has to be; 2 when the command "
         "line is not.\n"
         ".SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR\nWhere it is set and not empty, nothing is coloured; nor is anything "
         "that goes into a file or a pipe.\n";
}

}  // namespace tool
