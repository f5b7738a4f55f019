#include "bench_requests.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "line_source.hpp"
#include "measure/limits.hpp"
#include "measure/workload.hpp"
#include "output.hpp"

namespace tool {
namespace {

using distilbert::error;
using distilbert::result;
using distilbert::text_classifier;
using json = nlohmann::ordered_json;

// {"milliseconds":N}: a call that is not counted, unless "warm_up" is false; then calls until N are spent.
template <class Timed>
json milliseconds(const json& request, Timed timed) {
  const double limit = request["milliseconds"].get<double>();
  if (request.value("warm_up", true)) timed();
  json all = json::array();
  double spent = 0;
  do {
    const double took = timed() * 1e3;
    all.push_back(took);
    spent += took;
  } while (spent < limit);
  return json{{"ms", std::move(all)}};
}

// {"batches":[[[101,2023,102],...],...]}: batches of texts of ids, one after another.
result<json> answer_ids(text_classifier& classifier, distilbert::parallel_ref parallel, const json& request) {
  std::vector<measure::id_texts> batches;
  for (const json& batch : request["batches"]) {
    batches.emplace_back();
    for (const json& text : batch) batches.back().add(text.get<std::vector<std::int32_t>>());
  }
  json logits = json::array();
  for (const measure::id_texts& batch : batches) {
    const auto answers = classifier.classify_ids(batch.batch(), {.executor = parallel});
    if (!answers) return answers.error();
    for (const auto& answer : *answers) logits.push_back(answer.logits);
  }
  if (!request.contains("milliseconds")) return json{{"logits", std::move(logits)}};
  return milliseconds(request, [&] {
    double seconds = 0;
    for (const measure::id_texts& batch : batches) seconds += measure::seconds_of_ids(classifier, batch, parallel);
    return seconds;
  });
}

// {"tokenize":["text",...],"offsets":true}: the tokenizer alone, text after text.
json answer_texts(const distilbert::tokenizer& tokenizer, const json& request) {
  const auto texts = request["tokenize"].get<std::vector<std::string>>();
  const distilbert::encode_options options{.offsets = request.value("offsets", false)};
  distilbert::encoding encoding;
  if (request.contains("milliseconds"))
    return milliseconds(request, [&] {
      return measure::seconds_of([&] {
        for (const std::string& text : texts) tokenizer.encode(text, options, encoding);
      });
    });
  json ids = json::array();
  for (const std::string& text : texts) {
    tokenizer.encode(text, options, encoding);
    ids.push_back(encoding.ids);
  }
  return json{{"ids", std::move(ids)}};
}

// {"limits":[[8],[16,20],...]}: what this machine does at most, and the work of batches of texts of these lengths.
result<json> answer_limits(const text_classifier& classifier, distilbert::parallel_ref parallel, const json& request) {
  const auto found = measure::measure_limits(classifier.model().kernels(), parallel);
  if (!found) return found.error();
  json all = json::array();
  for (const json& lengths : request["limits"]) {
    const auto work = measure::work_of(classifier.model(), lengths.get<std::vector<std::size_t>>());
    all.push_back({{"flop", work.flop}, {"bytes", work.bytes}});
  }
  return json{{"flops", found->flops}, {"bytes_per_second", found->bytes_per_second}, {"work", std::move(all)}};
}

result<json> answer(text_classifier& classifier, distilbert::parallel_ref parallel, const json& request) {
  if (request.contains("batches")) return answer_ids(classifier, parallel, request);
  if (request.contains("tokenize")) return answer_texts(classifier.model().text_tokenizer(), request);
  if (request.contains("limits")) return answer_limits(classifier, parallel, request);
  return error{distilbert::errc::invalid_input, R"(expected "batches", "tokenize" or "limits", found none of them)"};
}

}  // namespace

result<void> answer_bench_requests(text_classifier& classifier, distilbert::parallel_ref parallel,
                                   double load_seconds) {
  auto lines = line_source::open("-");
  if (!lines) return std::move(lines).error();
  output out;
  const auto say = [&](const json& message) {
    out.pending = message.dump() + "\n";
    return out.flush();
  };
  if (auto said = say({{"isa", std::string(classifier.model().weight_kernels())},
                       {"threads", parallel.concurrency()},
                       {"weights", std::string(classifier.model().weights())},
                       {"load_ms", load_seconds * 1e3}});
      !said)
    return said;
  for (std::string line;;) {
    const auto more = lines->next(line);
    if (!more) return more.error();
    if (!*more) return {};
    const json request = json::parse(line, nullptr, false);
    if (!request.is_object()) return lines->fault(lines->number(), "expected a JSON object");
    try {
      const auto reply = answer(classifier, parallel, request);
      if (!reply) return lines->fault(lines->number(), reply.error().message);
      if (auto said = say(*reply); !said) return said;
    } catch (const json::exception& wrong) {  // a field of another type
      return lines->fault(lines->number(), wrong.what());
    }
  }
}

}  // namespace tool
