#include "option_table.hpp"

#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

namespace tool {
namespace {

option_entry entry_of(const CLI::Option& option) {
  option_entry entry;
  for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
  entry.help = option.get_description();
  if (option.get_items_expected_max() == 0) return entry;
  entry.value = option.get_type_name();
  entry.file = entry.value == "FILE";
  entry.directory = entry.value == "DIR";
  if (entry.value.find('|') != std::string::npos) {
    std::istringstream parts(entry.value);
    for (std::string one; std::getline(parts, one, '|');)
      if (one != "N") entry.choices.push_back(one);
  }
  return entry;
}

command_entry entry_of(const CLI::App& app, std::string name) {
  command_entry entry{std::move(name), app.get_description(), app.get_footer(), false, {}};
  if (const std::string word = "Example: "; entry.example.rfind(word, 0) == 0) entry.example.erase(0, word.size());
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional())
      entry.takes_texts = true;
    else
      entry.options.push_back(entry_of(*option));
  }
  return entry;
}

}  // namespace

std::vector<command_entry> option_table(const CLI::App& app) {
  std::vector<command_entry> commands = {entry_of(app, "")};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!command->get_group().empty()) commands.push_back(entry_of(*command, command->get_name()));
  return commands;
}

}  // namespace tool
