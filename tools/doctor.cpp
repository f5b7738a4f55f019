#include <string>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "distilbert/pipeline/self_test.hpp"
#include "format.hpp"
#include "model_directory.hpp"

namespace tool {
namespace {

using distilbert::self_check;

const char* name_of(self_check::outcome outcome) {
  switch (outcome) {
    case self_check::outcome::passed: return "ok";
    case self_check::outcome::failed: return "failed";
    case self_check::outcome::skipped: break;
  }
  return "skipped";
}

std::string json(const distilbert::self_test_report& report) {
  nlohmann::ordered_json about;
  about["model"] = report.model.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(std::string(report.model));
  about["passed"] = report.passed();
  for (const self_check& check : report.checks)
    about["checks"].push_back({{"name", check.name}, {"outcome", name_of(check.came)}, {"message", check.message}});
  return about.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string text(const distilbert::self_test_report& report) {
  std::string lines;
  for (const self_check& check : report.checks) {
    std::string line = name_of(check.came);
    line.resize(9, ' ');
    line += check.name;
    line.resize(26, ' ');
    lines += line + printable(check.message) + "\n";
  }
  return lines;
}

}  // namespace

distilbert::result<void> doctor_command::run() const {
  const auto directory = model_directory(model);
  if (!directory) return directory.error();
  const auto report = distilbert::self_test(*directory, model.load());
  output out;
  out.pending = format == output_format::json ? json(report) : text(report);
  if (auto done = out.flush(); !done || report.passed()) return done;
  for (const self_check& check : report.checks)
    if (check.came == self_check::outcome::failed)
      return distilbert::error{distilbert::errc::self_test_failed, check.name + ": " + check.message};
  return {};
}

}  // namespace tool
