#include "distilbert/pipeline/calibration.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "distilbert/core/random.hpp"
#include "distilbert/pipeline/abstention.hpp"
#include "distilbert/pipeline/calibration_file.hpp"
#include "distilbert/pipeline/text_classifier.hpp"
#include "support/golden.hpp"
#include "support/temporary_directory.hpp"

using distilbert::abstention;
using distilbert::calibration;
using distilbert::errc;
using distilbert::fit_temperature;
using distilbert::labelled_logits;
using distilbert::measure_reliability;

namespace {

const std::string mini = std::string(DISTILBERT_MODELS) + "/sst2-mini";

labelled_logits binary(const std::vector<std::pair<double, std::size_t>>& margins) {
  labelled_logits texts(2);
  for (const auto& [margin, truth] : margins) {
    const std::vector<float> logits = {0.0F, static_cast<float>(margin)};
    texts.add(logits, truth);
  }
  return texts;
}

// Transformers' logits of every other text of the dev set, from `first` on.
labelled_logits dev_half(std::size_t first) {
  labelled_logits texts(2);
  const auto goldens = read_goldens(std::string(DISTILBERT_TEST_DATA) + "/models/sst2-mini/golden_dev.jsonl.gz");
  for (std::size_t i = first; i < goldens.size(); i += 2)
    texts.add(goldens[i].f32, static_cast<std::size_t>(goldens[i].label));
  return texts;
}

std::string valid_file(const distilbert::text_model& model) {
  return R"({"format":"distilbert-calibration-1","temperature":1.5,"labels":["NEGATIVE","POSITIVE"],"source":")" +
         calibration::hex(model.origin().source) + "\"}";
}

}  // namespace

TEST_CASE("the temperature is the one with the least log loss") {
  // Three of four right at a margin of 2: sigmoid(2 / T) = 3/4 at T = 2 / ln 3.
  CHECK(fit_temperature(binary({{2, 1}, {2, 1}, {2, 1}, {2, 0}})).value() ==
        doctest::Approx(2 / std::log(3.0)).epsilon(1e-9));
  const labelled_logits half = dev_half(0);
  const double fitted = fit_temperature(half).value();
  const double least = measure_reliability(half, fitted).log_loss;
  for (const double other : {fitted * 0.99, fitted * 1.01, 1.0})
    CHECK(least < measure_reliability(half, other).log_loss);
}

TEST_CASE("logits drawn at a temperature give it back") {
  distilbert::random_source random(1);
  std::vector<std::pair<double, std::size_t>> drawn;
  for (int i = 0; i < 40000; ++i) {
    const double margin = (static_cast<double>(random.below(2000000)) / 1e6 - 1) * 8;
    const double chance = 1 / (1 + std::exp(-margin / 2.5));
    drawn.emplace_back(margin, static_cast<double>(random.below(1000000)) / 1e6 < chance ? 1 : 0);
  }
  CHECK(fit_temperature(binary(drawn)).value() == doctest::Approx(2.5).epsilon(0.03));
}

TEST_CASE("answers that are all right, or no better than chance, end at the limits") {
  CHECK(fit_temperature(binary({{1, 1}, {-1, 0}})).value() == distilbert::least_temperature);
  CHECK(fit_temperature(binary({{1, 0}, {-1, 1}})).value() == distilbert::most_temperature);
  const auto none = fit_temperature(labelled_logits(2));
  REQUIRE(!none);
  CHECK(none.error().code == errc::invalid_argument);
}

TEST_CASE("what is measured is what its definitions say") {
  // Scores of 3/4 for label 1, four texts of which two are right; and one of 9/10, right.
  const double a = std::log(3.0), b = std::log(9.0);
  const auto got = measure_reliability(binary({{a, 1}, {a, 1}, {a, 0}, {a, 0}, {b, 1}}), 1, 10);
  CHECK(got.texts == 5);
  CHECK(got.accuracy == doctest::Approx(0.6));
  CHECK(got.confidence == doctest::Approx((4 * 0.75 + 0.9) / 5));
  CHECK(got.expected_calibration_error == doctest::Approx((4 * 0.25 + 0.1) / 5));
  CHECK(got.brier == doctest::Approx(2 * (2 * 0.0625 + 2 * 0.5625 + 0.01) / 5));
  CHECK(got.log_loss == doctest::Approx(-(2 * std::log(0.75) + 2 * std::log(0.25) + std::log(0.9)) / 5));
  REQUIRE(got.bins.size() == 10);
  CHECK(got.bins[7].texts == 4);
  CHECK(got.bins[7].confidence == doctest::Approx(0.75));
  CHECK(got.bins[7].accuracy == doctest::Approx(0.5));
  CHECK(got.bins[0].texts == 0);
}

TEST_CASE("scores of exactly 1 and 0 have a bin") {
  const auto got = measure_reliability(binary({{200, 1}, {-200, 0}}), 1, 3);
  CHECK(got.bins[2].texts == 2);
  CHECK(got.expected_calibration_error == 0);
}

TEST_CASE("calibration on one half of the dev set lowers the error of the other half") {
  for (const std::size_t half : {0U, 1U}) {
    const double temperature = fit_temperature(dev_half(half)).value();
    const labelled_logits other = dev_half(1 - half);
    const auto before = measure_reliability(other, 1), after = measure_reliability(other, temperature);
    CAPTURE(temperature);
    CHECK(after.expected_calibration_error < before.expected_calibration_error);
    CHECK(after.log_loss < before.log_loss);
    CHECK(after.brier < before.brier);
    CHECK(after.accuracy == before.accuracy);
  }
}

TEST_CASE("a threshold is the least score from which on the wanted precision is reached") {
  const auto texts = binary({{4, 1}, {3, 1}, {2, 0}, {1, 1}, {0.5, 0}, {-1, 0}});
  const auto found = distilbert::threshold_for(texts, 1, 1, 0.75).value();
  CHECK(found.precision == doctest::Approx(0.75));
  CHECK(found.texts == 4);
  CHECK(found.answers == 5);
  CHECK(static_cast<double>(found.score) == doctest::Approx(1 / (1 + std::exp(-1.0))));
  CHECK(distilbert::threshold_for(texts, 1, 1, 0.76).value().texts == 2);
  CHECK(distilbert::threshold_for(texts, 1, 0, 1).value().texts == 1);
  CHECK(!distilbert::threshold_for(binary({{1, 0}}), 1, 1, 0.5));
}

TEST_CASE("equal scores are on the same side of a threshold") {
  CHECK(distilbert::threshold_for(binary({{1, 1}, {1, 0}}), 1, 1, 0.5).value().texts == 2);
  CHECK(!distilbert::threshold_for(binary({{1, 1}, {1, 0}}), 1, 1, 0.6));
}

TEST_CASE("a calibration is read from its file or its directory, for its model alone") {
  const auto model = distilbert::text_model::load(mini).value();
  const temporary_directory directory;
  const auto file = directory.write("calibration.json", valid_file(*model));
  CHECK(calibration::load(file, *model).value().temperature == 1.5);
  CHECK(calibration::load(directory.path(), *model).value().labels == model->config().labels);
  CHECK(calibration::load(directory.path() / "none", *model).error().code == errc::file_not_found);
  const auto other = distilbert::text_model::load(std::string(DISTILBERT_TEST_DATA) + "/models/tiny-three-labels");
  const auto wrong = calibration::load(file, **other);
  REQUIRE(!wrong);
  CHECK(wrong.error().code == errc::invalid_field);
  CHECK(wrong.error().message.find("field \"labels\": expected those of the model, ") != std::string::npos);
  calibration stale = calibration::of(*model, 2);
  ++stale.source;
  CHECK(stale.check(*model, "x").error().message.find("it was made for other weights") != std::string::npos);
}

TEST_CASE("a calibration file that is none says what is wrong with it") {
  const auto model = distilbert::text_model::load(mini).value();
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = valid_file(*model);
    text.replace(text.find(from), from.size(), to);
    const auto read = calibration::parse(text, "c.json");
    REQUIRE(!read);
    return read.error();
  };
  CHECK(replaced("1.5", "0").message ==
        "c.json: field \"temperature\": expected a number from 0.01 to 100, found an integer");
  CHECK(replaced("1.5", "1e3").code == errc::invalid_field);
  CHECK(replaced("1.5", "\"1\"").code == errc::invalid_field);
  CHECK(replaced("temperature", "heat").code == errc::missing_field);
  CHECK(replaced("calibration-1", "calibration-2").code == errc::invalid_field);
  CHECK(replaced("format", "kind").code == errc::missing_field);
  CHECK(replaced("\"POSITIVE\"", "7").code == errc::invalid_field);
  CHECK(replaced("source", "origin").code == errc::missing_field);
  CHECK(replaced("{", "[").code == errc::invalid_json);
  CHECK(calibration::parse("[]", "c.json").error().code == errc::missing_field);
}

TEST_CASE("an abstention holds below its score, or inside its band") {
  const std::vector<float> sure = {0.1F, 0.9F}, unsure = {0.45F, 0.55F}, no = {0.7F, 0.3F};
  const auto below = abstention::parse("0.6").value();
  CHECK(!below.is_band());
  CHECK(below(unsure));
  CHECK(!below(sure));
  CHECK(!below(no));
  const auto band = abstention::parse("0.35..0.65").value();
  CHECK(band.is_band());
  CHECK(band(unsure));
  CHECK(!band(sure));
  CHECK(!band(no));
  CHECK(abstention::parse(".25...75").value()(no));
}

TEST_CASE("an abstention that is none is refused") {
  for (const char* rule : {"", "x", "1.5", "-0.5", "0.6..0.4", "0.2..", "..0.4", "0.1..0.2..0.3", "0,5", "."}) {
    CAPTURE(rule);
    const auto read = abstention::parse(rule);
    REQUIRE(!read);
    CHECK(read.error().message ==
          std::string("expected a score such as 0.8 or a band such as 0.35..0.65, found ") + rule);
  }
}
