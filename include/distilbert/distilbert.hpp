#pragma once
// DistilBERT text classification by #include.
//
//     auto classifier = distilbert::text_classifier::load("models/sst2-mini").value();
//     auto answer = classifier("A gripping, beautifully shot film.");   // answer.label, answer.score
//
// To read the library, follow a text: pipeline/text_classifier.hpp, text/tokenizer.hpp, model/encoder.hpp (the forward
// pass, on one screen), then the kernels by their contracts, kernels/kernel_table.hpp. docs/DESIGN.md says why.

#include "distilbert/pipeline/text_classifier.hpp"
