#include "units.hpp"

std::shared_ptr<const distilbert::text_model> load_there(const char* directory) {
  return distilbert::text_model::load(directory).value();
}

float logit_there(const distilbert::text_model& model) { return first_logit(model); }
