#include "distilbert/pipeline/signals.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/pipeline/text_model.hpp"
#include "support/golden.hpp"

using distilbert::text_signals;

namespace {

const distilbert::text_model& model() {
  static const auto loaded = distilbert::text_model::load(std::string(DISTILBERT_MODELS) + "/sst2-mini").value();
  return *loaded;
}

text_signals signals(std::string_view text, const std::vector<float>& scores = {0.25F, 0.75F}) {
  distilbert::encoding room;
  return distilbert::signals_of(model(), text, scores, room);
}

}  // namespace

TEST_CASE("a plain English text has no signal") {
  const text_signals s = signals("A gripping, beautifully shot film.");
  CHECK(s.tokens == 7);
  CHECK(s.unknown_tokens == 0);
  CHECK(s.other_letters == 0);
  CHECK(s.emoji == 0);
  CHECK(!s.empty);
  CHECK(!s.not_english);
}

TEST_CASE("a text without tokens is empty") {
  for (const char* text : {"", " \n\t", "\xE2\x80\x8B"}) CHECK(signals(text).empty);
  CHECK(!signals(".").empty);
}

TEST_CASE("unknown tokens are counted as their share") {
  CHECK(signals("good \xF0\x9F\xAB\xA0 \xF0\x9F\xAB\xA0 film").unknown_tokens == 0.5F);
}

TEST_CASE("emoji are counted among visible characters, what colours or joins them is not") {
  CHECK(signals("ab \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD \xE2\x9D\xA4\xEF\xB8\x8F").emoji == 0.5F);
  CHECK(signals("\xF0\x9F\x98\x80\xF0\x9F\x98\x80").emoji == 1);
}

TEST_CASE("other scripts and common words of other languages are not English") {
  for (const char* text :
       {"Ce film est très beau et les acteurs sont parfaits", "Der Film ist sehr gut und nicht zu lang",
        "La película es muy buena y los actores son geniales", "Un film che mi è piaciuto, anche per la musica",
        "O filme é muito bom, não é para todos", "De film is niet goed en het is een lange zit", "Фильм очень хороший",
        "映画はとても良かった", "الفيلم جيد جدا"}) {
    CAPTURE(text);
    CHECK(signals(text).not_english);
  }
  CHECK(signals("Фильм").other_letters == 1);
}

TEST_CASE("English with foreign names and accents stays English") {
  for (const char* text :
       {"The café was très chic and the waiter was charming", "He saw El Topo at the cinema in Los Angeles",
        "Amélie is a film that you will love", "ok", "12345", "Good film", "naïve"}) {
    CAPTURE(text);
    CHECK(!signals(text).not_english);
  }
}

TEST_CASE("of the dev set's English sentences at most one in a hundred is taken for another language") {
  std::size_t wrong = 0;
  const auto goldens = read_goldens(std::string(DISTILBERT_TEST_DATA) + "/models/sst2-mini/golden_dev.jsonl.gz");
  for (const golden& g : goldens) wrong += signals(g.text).not_english ? 1U : 0U;
  CHECK(wrong * 100 <= goldens.size());
}

TEST_CASE("the margin is the distance between the two best scores") {
  CHECK(signals("x", {0.25F, 0.75F}).margin == 0.5F);
  CHECK(signals("x", {0.75F, 0.25F}).margin == 0.5F);
  CHECK(signals("x", {0.5F, 0.125F, 0.375F}).margin == 0.125F);
  CHECK(signals("x", {0.125F, 0.375F, 0.5F}).margin == 0.125F);
  CHECK(signals("x", {0.5F, 0.5F}).margin == 0);
  CHECK(signals("x", {0.75F}).margin == 0.5F);
}
