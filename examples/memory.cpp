// Memory: what a model takes, told before it is spent, from the program's own allocator and within its budget.
// docs/guide/memory.md
#include <distilbert/distilbert.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

/// Stands for the program's own allocator. All of the library's large blocks come by the two operators below.
struct heap {
  std::atomic<std::size_t> budget{static_cast<std::size_t>(-1)}, used{0};

  // The block begins `alignment` bytes before what it is asked for: its size stands there.
  void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (used + size > budget) return nullptr;
    void* block = std::aligned_alloc(alignment, (size + 2 * alignment - 1) / alignment * alignment);
    if (block == nullptr) return nullptr;
    *static_cast<std::size_t*>(block) = size;
    used += size;
    return static_cast<std::byte*>(block) + alignment;
  }
  void free(void* memory, std::size_t alignment) noexcept {
    if (memory == nullptr) return;
    void* block = static_cast<std::byte*>(memory) - alignment;
    used -= *static_cast<std::size_t*>(block);
    std::free(block);
  }
};

heap large_blocks;

}  // namespace

void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return large_blocks.allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory, std::align_val_t alignment) noexcept {
  large_blocks.free(memory, static_cast<std::size_t>(alignment));
}

int main() {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  const auto say = [](const char* what, std::size_t bytes) { std::printf("%-44s %4zu MiB\n", what, bytes / mebibyte); };

  // A model without a workspace: what weights take, and what each caller will.
  const auto model = distilbert::text_model::load("models/sst2-mini").value();
  say("weights, the model's own", model->weight_bytes());
  say("pages of its file, which the system may drop", model->mapped_bytes());
  say("a workspace for one thread", model->workspace_bytes());
  say("for four", model->workspace_bytes(4));
  if (large_blocks.used < model->weight_bytes()) return std::puts("expected all weights on our heap"), 1;

  // With a budget that has no room for a classifier's workspace, and with one that has.
  large_blocks.budget = large_blocks.used + model->workspace_bytes() / 2;
  auto refused = distilbert::text_classifier::load("models/sst2-mini");
  if (refused) return std::puts("expected no room for a second model"), 1;
  std::printf("%s\n", refused.error().message.c_str());

  large_blocks.budget = large_blocks.used + model->weight_bytes() + model->workspace_bytes() + mebibyte;
  auto classifier = distilbert::text_classifier::load("models/sst2-mini");
  if (!classifier) return std::puts("expected room for a second model"), 1;
  const std::size_t loaded = large_blocks.used;
  std::printf("%s\n", std::string((*classifier)("Small, and it fits beautifully.").label).c_str());
  if (large_blocks.used != loaded) return std::puts("expected that a text takes no more"), 1;
}
