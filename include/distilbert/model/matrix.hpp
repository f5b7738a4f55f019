#pragma once
#include <cstddef>

#include "distilbert/kernels/kernel_table.hpp"

namespace distilbert {

using kernels::isize;

/// A row-major view of floats: `rows` rows, each `ld` floats after the one before. The width is the user's to know.
struct matrix {
  float* data = nullptr;  ///< row 0
  isize rows = 0;         ///< how many
  isize ld = 0;           ///< row stride, in floats

  /// Row i, below rows.
  float* row(isize i) const noexcept { return data + i * ld; }
  /// The same rows from column `j` on.
  matrix columns(isize j) const noexcept { return {data + j, rows, ld}; }
  /// Rows begin..begin+count-1.
  matrix slice(isize begin, isize count) const noexcept { return {row(begin), count, ld}; }
};

/// Memory for each thread of a pass, for whichever step it is at.
struct thread_scratch {
  std::byte* data = nullptr;  ///< of the first
  isize bytes = 0;            ///< of each

  /// That of one thread.
  std::byte* of(std::size_t thread) const noexcept { return data + static_cast<isize>(thread) * bytes; }
};

/// The row stride for `columns` floats: an odd number of cache lines, so that the rows of a tile spread over the sets
/// of the first-level cache. At a multiple of 4096 bytes they would all fall into the same one.
constexpr isize row_stride(isize columns) noexcept {
  const isize lines = kernels::round_up(columns, 16);
  return lines % 32 == 0 ? lines + 16 : lines;
}

}  // namespace distilbert
