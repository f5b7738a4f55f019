// Errors, with exceptions and without: one source, compiled both ways by the tests. docs/guide/errors.md
#include <distilbert/distilbert.hpp>

#include <cstdio>
#include <string>

namespace {

std::string name_of(distilbert::errc code) { return std::string(distilbert::to_string(code)); }

// Nothing is thrown here, whatever the compiler's flags: look, then take.
int without_exceptions() {
  auto classifier = distilbert::text_classifier::load("models/no-such-model");
  if (classifier) return 1;
  const distilbert::error& why = classifier.error();
  std::printf("%s: %s\n", name_of(why.code).c_str(), why.message.c_str());

  // An error can be gone around: another place, another model, none.
  if (why.code == distilbert::errc::file_not_found) classifier = distilbert::text_classifier::load("models/sst2-mini");
  if (!classifier) return 1;

  // Texts never fail, not even such as are not UTF-8; token ids of your own can.
  std::printf("%s\n", std::string((*classifier)("Not \xff UTF-8, but lovely.").label).c_str());
  const std::int32_t ids[] = {101, 99999, 102};
  const std::size_t starts[] = {0, 3};
  const auto answers = classifier->classify_ids({ids, starts});
  if (answers) return 1;
  std::printf("%s: %s\n", name_of(answers.error().code).c_str(), answers.error().message.c_str());
  return 0;
}

#if DISTILBERT_EXCEPTIONS
// value() throws what it has no value for.
int with_exceptions() {
  try {
    auto classifier = distilbert::text_classifier::load("models/no-such-model").value();
    return 1;
  } catch (const distilbert::result_error& e) {
    std::printf("%s: %s\n", name_of(e.code()).c_str(), e.what());
    return e.code() == distilbert::errc::file_not_found ? 0 : 1;
  }
}
#else
int with_exceptions() { return 0; }  // value() would print the message and abort
#endif

}  // namespace

int main() { return without_exceptions() != 0 || with_exceptions() != 0; }
