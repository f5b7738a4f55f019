#pragma once

namespace distilbert {

/// What is done with a text of more tokens than are read at once.
enum class overflow {
  error,      ///< it is an error
  head,       ///< its first tokens are read: what text_classifier does
  tail,       ///< its last tokens are read
  head_tail,  ///< a quarter of the room for its first tokens, the rest for its last (Sun et al. 2019, section 5.3.1)
  windows,    ///< all of it is read, in windows; the answer is the mean of theirs, weighted by their tokens
};

}  // namespace distilbert
