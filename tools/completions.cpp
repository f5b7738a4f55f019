#include <string_view>

#include "option_table.hpp"

namespace tool {
namespace {

std::string quoted(std::string_view text) {
  std::string all = "'";
  for (const char c : text) {
    if (c == '\'')
      all += "'\\''";
    else
      all += c;
  }
  return all + "'";
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string all;
  for (const std::string& word : words) all.append(all.empty() ? "" : separator).append(word);
  return all;
}

std::string bash(const std::vector<command_entry>& commands) {
  std::string names, cases, values;
  for (const command_entry& command : commands) {
    if (!command.name.empty()) names += (names.empty() ? "" : " ") + command.name;
    std::string options;
    for (const option_entry& option : command.options) {
      options += (options.empty() ? "" : " ") + joined(option.names, " ");
      if (option.value.empty()) continue;
      const std::string reply = option.directory ? "compgen -d -- \"$word\""
                                : option.file    ? "compgen -f -- \"$word\""
                                : option.choices.empty()
                                    ? ""
                                    : "compgen -W " + quoted(joined(option.choices, " ")) + " -- \"$word\"";
      for (const std::string& name : option.names)
        values += "    " + quoted(command.name + " " + name) + ") " +
                  (reply.empty() ? "COMPREPLY=()" : "mapfile -t COMPREPLY < <(" + reply + ")") + "; return ;;\n";
    }
    cases += "    " + quoted(command.name) + ") words=" + quoted(options) + " ;;\n";
  }
  return "# bash completion for distilbert: written by the program itself, distilbert completions bash\n"
         "_distilbert() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' words=''\n"
         "  [ \"$COMP_CWORD\" -gt 1 ] && command=${COMP_WORDS[1]}\n"
         "  compopt -o filenames 2>/dev/null\n"
         "  case \"$command $before\" in\n" +
         values +
         "  esac\n"
         "  case \"$command\" in\n" +
         cases +
         "  esac\n"
         "  [ -z \"$command\" ] && words+=' '" +
         quoted(names) +
         "\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "}\n"
         "complete -F _distilbert distilbert\n";
}

// A specification of _arguments: '(-i --input)'{-i,--input}'[help]:FILE:_files'
std::string zsh_option(const option_entry& option) {
  std::string help;
  for (const char c : option.help) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') help += '\\';
    help += c;
  }
  std::string end = "[" + help + "]";
  if (!option.value.empty()) {
    end += ":value:";
    if (option.directory)
      end += "_directories";
    else if (option.file)
      end += "_files";
    else if (!option.choices.empty())
      end += "(" + joined(option.choices, " ") + ")";
  }
  if (option.names.size() == 1) return quoted(option.names[0] + end);
  return quoted("(" + joined(option.names, " ") + ")") + "{" + joined(option.names, ",") + "}" + quoted(end);
}

std::string zsh(const std::vector<command_entry>& commands) {
  std::string names, cases, own;
  for (const command_entry& command : commands) {
    std::string options;
    for (const option_entry& option : command.options) options += " \\\n        " + zsh_option(option);
    if (command.name.empty()) {
      own = options;
      continue;
    }
    names += "    " + quoted(command.name + ":" + command.help) + "\n";
    cases += "    " + command.name + ")\n      _arguments" + options +
             (command.takes_texts ? " \\\n        '*:text:'" : "") + "\n      ;;\n";
  }
  return "#compdef distilbert\n"
         "# zsh completion for distilbert: written by the program itself, distilbert completions zsh\n"
         "_distilbert() {\n"
         "  local -a commands\n"
         "  commands=(\n" +
         names +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe command commands\n"
         "    _arguments" +
         own +
         "\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "_distilbert \"$@\"\n";
}

std::string fish(const std::vector<command_entry>& commands) {
  std::string lines = "# fish completion for distilbert: written by the program itself, distilbert completions fish\n";
  for (const command_entry& command : commands) {
    const std::string where =
        command.name.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + command.name;
    if (!command.name.empty())
      lines += "complete -c distilbert -f -n __fish_use_subcommand -a " + command.name + " -d " + quoted(command.help) +
               "\n";
    for (const option_entry& option : command.options) {
      lines += "complete -c distilbert -n " + quoted(where);
      for (const std::string& name : option.names)
        lines += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.value.empty()) {
        lines += option.file ? " -r -F" : option.directory ? " -x -a '(__fish_complete_directories)'" : " -x";
        if (!option.choices.empty()) lines += " -a " + quoted(joined(option.choices, " "));
      }
      lines += " -d " + quoted(option.help) + "\n";
    }
  }
  return lines;
}

}  // namespace

std::string completions(const std::vector<command_entry>& commands, const std::string& shell) {
  return shell == "bash" ? bash(commands) : shell == "zsh" ? zsh(commands) : shell == "fish" ? fish(commands) : "";
}

}  // namespace tool
