#pragma once
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tool {

/// One option of a command, as its help tells it.
struct option_entry {
  std::vector<std::string> names;    ///< "-i", "--input"
  std::string value;                 ///< "FILE", "text|jsonl|csv|tsv"; empty for a flag
  std::vector<std::string> choices;  ///< where `value` is a choice
  std::string help;
  bool file = false, directory = false;  ///< the value is one
};

/// A command; the program itself is the one without a name.
struct command_entry {
  std::string name, help, example;
  bool takes_texts = false;
  std::vector<option_entry> options;
};

/// The program, then its commands, from the tables that parse the command line. Hidden commands are left out.
std::vector<command_entry> option_table(const CLI::App& app);

/// Completions for a shell: "bash", "zsh" or "fish"; empty for another.
std::string completions(const std::vector<command_entry>& commands, const std::string& shell);

/// The manual page, in man's macros.
std::string manual_page(const std::vector<command_entry>& commands, const std::string& version);

}  // namespace tool
