// Texts classified beside a frame loop: a budget of time for each frame, requests that replace each other, and no
// allocation while frames run. docs/guide/frame-loop.md
#include <distilbert/distilbert.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {
std::atomic<long> allocations{0};

void* counted(void* memory) {
  ++allocations;
  return memory != nullptr ? memory : (std::abort(), nullptr);
}
}  // namespace

// Out of line: inlined, g++ sees malloc beside delete and warns.
[[gnu::noinline]] void* operator new(std::size_t size) { return counted(std::malloc(size != 0 ? size : 1)); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  const auto a = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(a, (size + a - 1) / a * a));
}
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }

namespace {

using steady_clock = std::chrono::steady_clock;

/// An executor that runs the pieces of a pass one by one, on the thread that classifies, and begins one only while the
/// frame has time for it. Cancelled, it throws, and the classification ends there.
class frame_budget {
 public:
  struct cancelled {};

  /// By the frame's thread: from now on for `time`.
  void open(steady_clock::duration time) {
    const std::lock_guard lock(mutex_);
    end_ = steady_clock::now() + time;
    changed_.notify_one();
  }
  /// The classification that runs gives up before its next piece.
  void cancel(bool yes) {
    const std::lock_guard lock(mutex_);
    cancelled_ = yes;
    changed_.notify_one();
  }

  /// Into how many pieces a step is cut, rather than how many run at once: the more, the less a frame is overrun.
  std::size_t concurrency() const noexcept { return 16; }

  template <class Function>
  void parallel_for(std::size_t n, Function&& f) {
    for (std::size_t i = 0; i < n; ++i) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return cancelled_ || steady_clock::now() < end_; });
        if (cancelled_) throw cancelled();
      }
      f(i);
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  steady_clock::time_point end_{};
  bool cancelled_ = false;
};

/// One thread that classifies the latest text it has been asked for.
class background_classifier {
 public:
  struct answer {
    std::string_view label;  // lives as long as the model
    float score;
  };

  explicit background_classifier(distilbert::text_classifier classifier) : classifier_(std::move(classifier)) {
    asked_.reserve(longest);
    text_.reserve(longest);
    thread_ = std::thread([this] { work(); });
  }
  ~background_classifier() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      budget_.cancel(true);
    }
    wake_.notify_one();
    thread_.join();
  }

  /// Asks for this text, and gives up the one before if it is not done.
  void ask(std::string_view text) {
    const std::lock_guard lock(mutex_);
    asked_.assign(text.substr(0, longest));
    waiting_ = true;
    answer_.reset();
    budget_.cancel(true);
    wake_.notify_one();
  }

  /// Once a frame: lends it so much time from now on, and looks for the answer. Does not wait.
  std::optional<answer> poll(steady_clock::duration budget) {
    budget_.open(budget);
    const std::lock_guard lock(mutex_);
    return answer_;
  }

 private:
  void work() {
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return waiting_ || stopping_; });
        if (stopping_) return;
        std::swap(text_, asked_);
        waiting_ = false;
        budget_.cancel(false);
      }
      try {
        const distilbert::classification found = classifier_(text_, {.executor = budget_});
        const std::lock_guard lock(mutex_);
        if (!waiting_) answer_ = {found.label, found.score};
      } catch (const frame_budget::cancelled&) {
        // Somebody asked for another text. The classifier is as good as before.
      }
    }
  }

  static constexpr std::size_t longest = 4096;  // bytes of a text

  distilbert::text_classifier classifier_;
  frame_budget budget_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string asked_, text_;
  bool waiting_ = false, stopping_ = false;
  std::optional<answer> answer_;
  std::thread thread_;  // last, so that all else is there before it starts
};

/// Frames until there is an answer.
int frames(background_classifier& background, background_classifier::answer& found) {
  for (int frame = 1;; ++frame) {
    // The game simulates and draws here; then it waits for the display, and the classifier has that time.
    if (const auto answer = background.poll(std::chrono::microseconds(500))) return found = *answer, frame;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "frame_loop: expected %s\n", what);
  std::exit(1);
}

}  // namespace

int main() {
  auto plain = distilbert::text_classifier::load("models/sst2-mini").value();
  std::string review = "It begins slowly.";
  while (review.size() < 300) review += " Then it is a delight, scene after scene.";
  const float expected = plain(review).score;

  background_classifier background(plain);
  background_classifier::answer found{};
  background.ask(review);
  frames(background, found);  // the first text of a size may allocate: ask for one while the level loads

  const long before = allocations;
  background.ask(review);
  const int needed = frames(background, found);
  check(allocations == before, "no allocation while frames run");
  check(needed > 1, "a pass that takes several frames");
  check(found.score == expected, "the same bits as without a budget");
  std::printf("%.*s %.4f, over several frames, without an allocation\n", static_cast<int>(found.label.size()),
              found.label.data(), static_cast<double>(found.score));

  background.ask(review);
  background.poll(std::chrono::microseconds(500));
  background.ask("Dull.");  // the review is given up, wherever it is
  frames(background, found);
  check(found.score == plain("Dull.").score, "the answer to the text asked for last");
  std::printf("%.*s, after a change of mind\n", static_cast<int>(found.label.size()), found.label.data());
}
