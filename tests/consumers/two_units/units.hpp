#pragma once
#ifdef SINGLE_HEADER
#include "distilbert.single.hpp"
#else
#include <distilbert/distilbert.hpp>
#endif

#include <memory>
#include <vector>

std::shared_ptr<const distilbert::text_model> load_there(const char* directory);
float logit_there(const distilbert::text_model& model);

inline float first_logit(const distilbert::text_model& model) {
  distilbert::encoding encoding;
  model.text_tokenizer().encode("never a dull moment", {}, encoding);
  const std::vector<std::size_t> starts = {0, encoding.ids.size()};
  std::vector<float> logits(model.labels());
  distilbert::workspace workspace;
  if (!model.reserve(workspace, 1)) return 0;
  model.logits({encoding.ids, starts}, logits.data(), workspace);
  return logits[0];
}
