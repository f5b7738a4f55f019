#pragma once
#include <atomic>

// How often the program has asked operator new for memory. Counted where support/allocations.cpp is linked.
extern std::atomic<long> allocations;
