#include "distilbert/text/sentences.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace {

std::vector<std::string> sentences(std::string_view text) {
  std::vector<distilbert::token_offsets> places;
  distilbert::split_sentences(text, places);
  std::vector<std::string> found;
  for (const auto& place : places) found.emplace_back(text.substr(place.begin, place.end - place.begin));
  return found;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a sentence ends at a full stop, a question mark or an exclamation mark") {
  CHECK(sentences("I came. I saw! Did I win?") == strings{"I came.", "I saw!", "Did I win?"});
  CHECK(sentences("No end here") == strings{"No end here"});
  CHECK(sentences("What?! Yes... Well\xE2\x80\xA6 Maybe.") ==
        strings{"What?!", "Yes...", "Well\xE2\x80\xA6", "Maybe."});
}

TEST_CASE("quotes and brackets after the mark belong to the sentence") {
  CHECK(sentences("\"It works.\" She left. (Really.) Fine.") ==
        strings{"\"It works.\"", "She left.", "(Really.)", "Fine."});
}

TEST_CASE("abbreviations, initials, numbers and addresses end no sentence") {
  CHECK(sentences("Mr. J. Smith paid 3.50 at example.com, e.g. for tea. Good.") ==
        strings{"Mr. J. Smith paid 3.50 at example.com, e.g. for tea.", "Good."});
  CHECK(sentences("So do I. You too.") == strings{"So do I.", "You too."});
}

TEST_CASE("a dot before a small letter ends a sentence only where it stands apart") {
  CHECK(sentences("the plot etc. is thin") == strings{"the plot etc. is thin"});
  CHECK(sentences("a charming journey . it is long .") == strings{"a charming journey .", "it is long ."});
}

TEST_CASE("a blank line ends a sentence, a line end alone does not") {
  CHECK(sentences("A headline\n\nThe text\ngoes on.\r\n\r\n  Next") ==
        strings{"A headline", "The text\ngoes on.", "Next"});
}

TEST_CASE("Chinese and Japanese full stops need no white space") {
  CHECK(sentences("\xE5\xA5\xBD\xE3\x80\x82\xE5\x9D\x8F\xEF\xBC\x81") ==
        strings{"\xE5\xA5\xBD\xE3\x80\x82", "\xE5\x9D\x8F\xEF\xBC\x81"});
}

TEST_CASE("empty, blank and broken texts are split too") {
  CHECK(sentences("").empty());
  CHECK(sentences(" \n\t\n ").empty());
  CHECK(sentences("...") == strings{"..."});
  CHECK(sentences("\xFF. \xC3 Z") == strings{"\xFF.", "\xC3 Z"});
}
