#include "distilbert/io/model_config.hpp"

#include <string>

#include <doctest/doctest.h>

using distilbert::activation_function;
using distilbert::model_config;
using distilbert::problem_type;

namespace {

model_config parsed(const std::string& text) { return model_config::parse(text, "config.json").value(); }

// The errc and the message without the file's name; "" where the configuration is accepted.
std::string refusal(const std::string& text) {
  const auto config = model_config::parse(text, "config.json");
  if (config) return "";
  const std::string& message = config.error().message;
  CHECK(message.starts_with("config.json: "));
  return std::string(to_string(config.error().code)) + " " + message.substr(13);
}

}  // namespace

TEST_CASE("an empty object has Transformers' defaults") {
  const model_config c = parsed("{}");
  CHECK(c.vocab_size == 30522);
  CHECK(c.max_position_embeddings == 512);
  CHECK(c.n_layers == 6);
  CHECK(c.n_heads == 12);
  CHECK(c.dim == 768);
  CHECK(c.hidden_dim == 3072);
  CHECK(c.activation == activation_function::gelu);
  CHECK_FALSE(c.sinusoidal_pos_embds);
  CHECK(c.labels == std::vector<std::string>{"LABEL_0", "LABEL_1"});
  CHECK_FALSE(c.problem.has_value());
  CHECK(c.architecture.empty());
}

TEST_CASE("both spellings of the sizes are read, and must agree") {
  const model_config c = parsed(R"({"hidden_size":64,"num_attention_heads":4,"num_hidden_layers":3})");
  CHECK(c.dim == 64);
  CHECK(c.n_heads == 4);
  CHECK(c.n_layers == 3);
  CHECK(parsed(R"({"dim":96,"hidden_size":96})").dim == 96);
  CHECK(refusal(R"({"dim":96,"hidden_size":48})") ==
        "invalid_field dim: found 96, but hidden_size, its other spelling, is 48");
}

TEST_CASE("labels come from id2label in whatever order, or from num_labels") {
  CHECK(parsed(R"({"id2label":{"1":"b","0":"a","2":"c"}})").labels == std::vector<std::string>{"a", "b", "c"});
  CHECK(parsed(R"({"num_labels":3})").labels == std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2"});
  CHECK(parsed(R"({"id2label":{"0":"a"},"label2id":{"a":0},"num_labels":1})").labels.size() == 1);
}

TEST_CASE("label2id names no answer, and a label may be a number, as in Transformers") {
  const std::vector<std::string> names = {"a", "b"};
  CHECK(parsed(R"({"id2label":{"0":"a","1":"b"},"label2id":{"LABEL_0":0,"LABEL_1":1}})").labels == names);
  CHECK(parsed(R"({"id2label":{"0":"a","1":"b"},"label2id":{"a":"0","b":"1"}})").labels == names);
  CHECK(parsed(R"({"label2id":{"a":0,"b":1}})").labels == std::vector<std::string>{"LABEL_0", "LABEL_1"});
  CHECK(parsed(R"({"id2label":{"0":1,"1":2}})").labels == std::vector<std::string>{"1", "2"});
}

TEST_CASE("labels that contradict each other are refused") {
  CHECK(refusal(R"({"id2label":{"0":"a","2":"b"}})") == "invalid_field id2label: expected the ids 0 to 1, found \"2\"");
  CHECK(refusal(R"({"id2label":{"0":"a","01":"b"}})") ==
        "invalid_field id2label: expected the ids 0 to 1, found \"01\"");
  CHECK(refusal(R"({"id2label":{"x":"a"}})").starts_with("invalid_field id2label"));
  CHECK(refusal(R"({"id2label":{"-1":"a"}})").starts_with("invalid_field id2label"));
  CHECK(refusal(R"({"id2label":{}})").starts_with("invalid_field id2label"));
  CHECK(refusal(R"({"id2label":["a"]})").starts_with("invalid_field id2label"));
  CHECK(refusal(R"({"id2label":{"0":null}})") == "invalid_field id2label: 0: expected a string, found null");
  CHECK(refusal(R"({"id2label":{"0":"a"},"num_labels":2})") ==
        "invalid_field num_labels: found 2, but id2label has 1 labels");
  CHECK(refusal(R"({"num_labels":0})").starts_with("invalid_field num_labels"));
}

TEST_CASE("activations and problem types are known by their names") {
  CHECK(parsed(R"({"activation":"gelu_new"})").activation == activation_function::gelu_new);
  CHECK(parsed(R"({"activation":"relu"})").activation == activation_function::relu);
  CHECK(parsed(R"({"activation":"silu"})").activation == activation_function::silu);
  CHECK(refusal(R"({"activation":"mish"})") ==
        "unsupported_model activation: expected gelu, gelu_new, relu or silu, found \"mish\"");
  CHECK(parsed(R"({"problem_type":"regression"})").problem == problem_type::regression);
  CHECK(parsed(R"({"problem_type":"single_label_classification"})").problem ==
        problem_type::single_label_classification);
  CHECK(parsed(R"({"problem_type":"multi_label_classification"})").problem == problem_type::multi_label_classification);
  CHECK_FALSE(parsed(R"({"problem_type":null})").problem.has_value());
  CHECK(refusal(R"({"problem_type":"ranking"})").starts_with("invalid_field problem_type"));
  CHECK(refusal(R"({"activation":3})") == "invalid_field activation: expected a string, found 3");
}

TEST_CASE("sizes out of range or of another type are refused with what was found") {
  CHECK(refusal(R"({"dim":0})") == "invalid_field dim: expected an integer from 1 to 1048576, found 0");
  CHECK(refusal(R"({"dim":-768})").ends_with("found -768"));
  CHECK(refusal(R"({"dim":768.5})").ends_with("found a real number"));
  CHECK(refusal(R"({"dim":"768"})").ends_with("found \"768\""));
  CHECK(refusal(R"({"n_layers":1000000000})").starts_with("invalid_field n_layers"));
  CHECK(refusal(R"({"vocab_size":18446744073709551615})").starts_with("invalid_field vocab_size"));
  CHECK(refusal(R"({"hidden_dim":true})").starts_with("invalid_field hidden_dim"));
  CHECK(refusal(R"({"sinusoidal_pos_embds":1})") ==
        "invalid_field sinusoidal_pos_embds: expected true or false, found 1");
  CHECK(refusal(R"({"dim":100,"n_heads":12})") == "invalid_field n_heads: expected a divisor of dim 100, found 12");
}

TEST_CASE("models that are not a plain DistilBERT are refused by what makes them so") {
  CHECK(refusal(R"({"model_type":"bert"})") == "unsupported_model model_type: expected \"distilbert\", found \"bert\"");
  CHECK(refusal(R"({"pruned_heads":{"0":[1]}})").starts_with("unsupported_model pruned_heads"));
  CHECK(refusal(R"({"pruned_heads":{}})") == "");
  CHECK(refusal(R"({"quantization_config":{"bits":4}})").starts_with("unsupported_model quantization_config"));
  CHECK(parsed(R"({"architectures":["DistilBertForMaskedLM"]})").architecture == "DistilBertForMaskedLM");
  CHECK(refusal(R"({"architectures":"x"})").starts_with("invalid_field architectures"));
}

TEST_CASE("what is no JSON object is refused") {
  for (const char* text : {"", "[]", "null", "{\"dim\":}", "{\"dim\":1,\"dim\":1}"})
    CHECK_MESSAGE(refusal(text).starts_with("invalid_json"), text);
}
