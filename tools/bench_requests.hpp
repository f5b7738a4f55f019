#pragma once
#include "distilbert/core/executor.hpp"
#include "distilbert/core/result.hpp"
#include "distilbert/pipeline/text_classifier.hpp"

namespace tool {

/// Says hello, then answers each line of standard input by a line: docs/guide/command-line.md has the requests. So
/// another program can time this one and others in turn.
///
/// Errors: invalid_input for a line that asks for nothing known, io_error.
distilbert::result<void> answer_bench_requests(distilbert::text_classifier& classifier,
                                               distilbert::parallel_ref parallel, double load_seconds);

}  // namespace tool
