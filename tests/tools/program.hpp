#pragma once
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/wait.h>

#include "distilbert/core/concat.hpp"
#include "distilbert/core/json.hpp"
#include "support/temporary_directory.hpp"

// What a run of the tool came to.
struct outcome {
  int status = -1;
  std::string out, err;

  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::istringstream text(out);
    for (std::string line; std::getline(text, line);) all.push_back(line);
    return all;
  }
  distilbert::json::value json() const { return distilbert::json::parse(out, "output").value(); }
};

inline std::string shell_quoted(std::string_view argument) {
  std::string text = "'";
  for (const char c : argument) {
    if (c == '\'') text += "'\\'";
    text += c;
  }
  text += "'";
  return text;
}

inline std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Runs a command of the shell, in which `distilbert` is the tool.
inline outcome run_shell(const std::string& command, std::string_view in = "") {
  const temporary_directory files;
  const std::string here = files.path().string();
  files.write("in", in);
  const std::string whole =
      distilbert::detail::concat({"distilbert() { ", shell_quoted(DISTILBERT_TOOL), " \"$@\"; }\n{ ", command, "\n} <",
                                  here, "/in >", here, "/out 2>", here, "/err"});
  const int status = std::system(whole.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(files.path() / "out"), contents(files.path() / "err")};
}

// Runs the tool.
inline outcome run(const std::vector<std::string>& arguments, std::string_view in = "") {
  std::string command = "distilbert";
  for (const std::string& argument : arguments) command.append(" ").append(shell_quoted(argument));
  return run_shell(command, in);
}

inline std::string model(const std::string& name) {
  return name == "sst2-mini" ? DISTILBERT_MODELS "/sst2-mini" : DISTILBERT_TEST_DATA "/models/" + name;
}

inline const char* const dev_set = DISTILBERT_TEST_DATA "/sst2/dev.tsv";
