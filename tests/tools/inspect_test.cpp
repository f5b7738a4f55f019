#include <string>

#include <doctest/doctest.h>

#include "program.hpp"

namespace {

std::string joined(const distilbert::json::value& list) {
  std::string text;
  for (const auto& item : list.items) text += (text.empty() ? "" : " ") + item.string;
  return text;
}

}  // namespace

TEST_CASE("inspect says what the model is and how it runs") {
  const outcome got = run({"inspect", "--output-format", "json"});
  CHECK(got.status == 0);
  const auto about = got.json();
  CHECK(about.find("model")->string == "sst2-mini");
  CHECK(about.find("directory")->string == model("sst2-mini"));
  CHECK(about.find("architecture")->string == "DistilBertForSequenceClassification");
  CHECK(about.find("n_layers")->integer == 6);
  CHECK(about.find("dim")->integer == 384);
  CHECK(about.find("n_heads")->integer == 12);
  CHECK(about.find("hidden_dim")->integer == 1536);
  CHECK(about.find("vocab_size")->integer == 30522);
  CHECK(about.find("max_position_embeddings")->integer == 512);
  CHECK(about.find("parameters")->integer == 22713218);  // sum(p.numel() for p in model.parameters())
  CHECK(about.find("dtypes")->find("F16")->integer == 22713218);
  CHECK(joined(*about.find("labels")) == "NEGATIVE POSITIVE");
  CHECK(about.find("problem_type")->is(distilbert::json::value::kind::null));
  CHECK(about.find("function")->string == "softmax");
  CHECK(about.find("max_length")->integer == 512);
  const auto& tokenizer = *about.find("tokenizer");
  CHECK(tokenizer.find("source")->string == "vocab.txt");
  CHECK(tokenizer.find("lowercase")->boolean);
  CHECK(tokenizer.find("cls_id")->integer == 101);
  CHECK(tokenizer.find("sep_id")->integer == 102);
  CHECK(joined(*about.find("runnable_isas")).starts_with("baseline"));
  CHECK(joined(*about.find("runnable_isas")).find(about.find("isa")->string) != std::string::npos);
  CHECK(about.find("memory")->find("packed_weights_bytes")->integer > 0);
}

TEST_CASE("inspect names the instruction set that is asked for") {
  CHECK(run({"inspect", "--isa", "baseline", "--output-format", "json"}).json().find("isa")->string == "baseline");
}

TEST_CASE("the function follows the problem type") {
  const auto about = run({"inspect", "--output-format", "json", "-m", model("tiny-multi-label")}).json();
  CHECK(about.find("problem_type")->string == "multi_label_classification");
  CHECK(about.find("function")->string == "sigmoid");
}

TEST_CASE("the text form has a line for each field") {
  const outcome got = run({"inspect"});
  CHECK(got.status == 0);
  CHECK(got.out.find("\nparameters                      22713218\n") != std::string::npos);
  CHECK(got.out.find("\nlabels                          NEGATIVE, POSITIVE\n") != std::string::npos);
  CHECK(got.out.find("\ntokenizer.cls_id                101\n") != std::string::npos);
}

TEST_CASE("a directory is known by its name, however it is written") {
  const std::string directory = model("tiny-regression");
  for (const std::string& written : {directory + "/", directory + "/.", directory + "/../tiny-regression"})
    CHECK(run({"inspect", "--output-format", "json", "--model", written}).json().find("model")->string ==
          "tiny-regression");
}
