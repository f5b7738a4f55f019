#pragma once
// A public header of an embedder: it mentions a type of the library, and includes nothing of it but names.
#include <distilbert/fwd.hpp>

#include <memory>

class mood {
 public:
  explicit mood(const char* model);
  ~mood();
  bool is_good(const char* text);

 private:
  std::unique_ptr<distilbert::text_classifier> classifier_;
};
