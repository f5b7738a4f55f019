#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

// CLI11 takes apart values in brackets, and gives "--", "++" and the names of subcommands a meaning wherever they
// stand. A text may be any of these: "[MASK]" is one. So what follows the subcommand's name and is no option is hidden
// behind a mark, and shown again where CLI11 hands it out.
inline constexpr char argument_mark = '\1';

/// The arguments of a command line as CLI11's parse() takes them: the last one first, without the program's name.
/// After the first "--" nothing is an option.
inline std::vector<std::string> hidden_arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  bool subcommand_named = false, options_ended = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool option = !options_ended && argument.size() > 1 && argument.front() == '-';
    if (option && argument == "--")
      options_ended = true;
    else if (option || !subcommand_named)
      arguments.emplace_back(argument);
    else
      arguments.push_back(argument_mark + std::string(argument));
    if (!option) subcommand_named = true;
  }
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

/// An argument as it was given.
inline std::string shown_argument(std::string argument) {
  if (!argument.empty() && argument.front() == argument_mark) argument.erase(0, 1);
  return argument;
}

}  // namespace tool
