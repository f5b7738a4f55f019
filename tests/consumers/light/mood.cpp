#include "mood.hpp"

#include <distilbert/core/thread_pool.hpp>
#include <distilbert/distilbert.hpp>

mood::mood(const char* model)
    : classifier_(std::make_unique<distilbert::text_classifier>(distilbert::text_classifier::load(model).value())) {}

mood::~mood() = default;

bool mood::is_good(const char* text) { return (*classifier_)(text).label == "POSITIVE"; }
