#pragma once

// The program's operator new, which can be told to fail. Where faults/failing_allocator.cpp is linked.
namespace failing_allocator {

/// From now on, the n-th allocation fails, counted from 0; with `forever`, all after it as well. Negative: none, and
/// has_failed() stays as it was.
void fail_at(long n, bool forever = false);
/// Allocations since fail_at().
long count();
/// Whether one has failed since it was told to.
bool has_failed();
/// Blocks that are allocated and not yet freed.
long live();

}  // namespace failing_allocator
