#pragma once
// The names of the library's types, for headers of yours that only mention them: costs nothing to include.

namespace distilbert {

enum class errc;
struct error;
template <class T>
class result;

class text_classifier;
class text_model;
struct classification;
struct ranked_label;
struct model_files;
struct load_options;
struct classify_options;
enum class score_function;

class tokenizer;
struct encoding;
struct encode_options;

class parallel_ref;
class thread_pool;
class workspace;

namespace kernels {
struct kernel_table;
}

}  // namespace distilbert
