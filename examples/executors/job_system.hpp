#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

/// A small job system in the manner of a game engine's, and an executor as distilbert asks for it.
///
/// A job lives with whoever submits it, until it has finished: nothing is allocated while frames run. Whoever waits
/// helps. A classification can be a job itself, and its pieces are then jobs within it.
class job_system {
 public:
  struct job {
    void (*run)(void* data, std::size_t piece) = nullptr;
    void* data = nullptr;
    std::size_t pieces = 1;
    bool brief = false;  ///< so short that the frame's thread may help with it

    bool finished() const noexcept { return done.load(std::memory_order_acquire) == pieces; }

    std::size_t next = 0;  // the piece to be taken next; guarded by the system's mutex
    job* following = nullptr;
    std::atomic<std::size_t> done{0};
  };

  explicit job_system(std::size_t workers) {
    for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
  }
  ~job_system() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }
  job_system(const job_system&) = delete;
  job_system& operator=(const job_system&) = delete;

  /// Hands a job over; it must live until it has finished. The newest is taken first: pieces of what has begun go
  /// before what has not.
  void submit(job& work) {
    {
      const std::lock_guard lock(mutex_);
      work.following = first_;
      first_ = &work;
    }
    work.pieces > 1 ? wake_.notify_all() : wake_.notify_one();
  }

  /// Runs one piece of any job, or of a brief one only; false when there is none.
  bool help(bool brief_only) {
    std::unique_lock lock(mutex_);
    for (job* work = first_; work != nullptr; work = work->following)
      if (work->brief || !brief_only) return run_piece(*work, lock), true;
    return false;
  }

  /// Helps with this job until it has finished; with this one only, lest a long one of another system comes between.
  void wait(job& work) {
    for (std::unique_lock lock(mutex_); work.next < work.pieces; lock.lock()) run_piece(work, lock);
    while (!work.finished()) std::this_thread::yield();
  }

  // What makes it an executor.
  std::size_t concurrency() const noexcept { return workers_.size() + 1; }

  template <class Function>
  void parallel_for(std::size_t n, Function&& f) {
    job work;
    work.run = [](void* function, std::size_t i) { (*static_cast<std::remove_reference_t<Function>*>(function))(i); };
    work.data = &f;
    work.pieces = n;
    work.brief = true;
    submit(work);
    wait(work);
  }

 private:
  // Takes the next piece, and the job off the list with its last; returns unlocked.
  void run_piece(job& work, std::unique_lock<std::mutex>& lock) {
    const std::size_t piece = work.next++;
    if (work.next == work.pieces) {
      job** link = &first_;
      while (*link != &work) link = &(*link)->following;
      *link = work.following;
    }
    lock.unlock();
    work.run(work.data, piece);
    work.done.fetch_add(1, std::memory_order_release);  // the last touch: its owner may now let it go
  }

  void work() {
    for (std::unique_lock lock(mutex_);; lock.lock()) {
      wake_.wait(lock, [this] { return stopping_ || first_ != nullptr; });
      if (first_ == nullptr) return;
      run_piece(*first_, lock);
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  job* first_ = nullptr;
  bool stopping_ = false;
  std::vector<std::thread> workers_;  // last, so that all else is there before they start
};
