// The caller's own threads: a game's job system, OpenMP, oneTBB. Whichever runs the work, the logits are the same bits.
// docs/guide/executor.md
#include <distilbert/distilbert.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "executors/job_system.hpp"
#ifdef _OPENMP
#include "executors/openmp.hpp"
#endif
#ifdef EXAMPLE_HAS_TBB
#include "executors/tbb.hpp"
#endif

namespace {

constexpr std::string_view texts[] = {"An instant classic.", "Two hours I will never get back.",
                                      "Warm, funny and wise.",
                                      "It tries hard, and fails at nearly everything that it tries."};

std::vector<float> logits(distilbert::text_classifier& classifier, distilbert::parallel_ref executor) {
  std::vector<float> all;
  for (const distilbert::classification& answer : classifier(texts, {.executor = executor}))
    all.insert(all.end(), answer.logits.begin(), answer.logits.end());
  return all;
}

void compare(const char* name, const std::vector<float>& expected, const std::vector<float>& found) {
  if (found.size() != expected.size() ||
      std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) != 0) {
    std::fprintf(stderr, "%s: other bits than without an executor\n", name);
    std::exit(1);
  }
  std::printf("%s: the same bits\n", name);
}

// A game's side of it: a request is a job, the frame's thread goes on, and helps with brief pieces while it has time.
struct request {
  distilbert::text_classifier classifier;  // of its own, since its job runs beside others
  job_system& jobs;
  std::vector<float> answer = {};

  job_system::job job = {.run = [](void* data, std::size_t) { static_cast<request*>(data)->run(); }, .data = this};

  void run() { answer = logits(classifier, jobs); }
};

void run_frames(job_system& jobs, const request& asked) {
  while (!asked.job.finished()) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(4);
    // The game simulates and draws here. What is left of the frame's time is lent to the pieces of the pass.
    while (std::chrono::steady_clock::now() < end && !asked.job.finished())
      if (!jobs.help(true)) std::this_thread::yield();
  }
}

}  // namespace

int main() {
  auto classifier = distilbert::text_classifier::load("models/sst2-mini").value();
  const std::vector<float> expected = logits(classifier, {});

  job_system jobs(2);
  compare("job system", expected, logits(classifier, jobs));
  request asked{classifier, jobs};
  jobs.submit(asked.job);
  run_frames(jobs, asked);
  compare("job of a frame loop", expected, asked.answer);
#ifdef _OPENMP
  openmp_executor openmp{3};
  compare("OpenMP", expected, logits(classifier, openmp));
#endif
#ifdef EXAMPLE_HAS_TBB
  tbb_executor tbb{tbb::task_arena(2)};
  compare("oneTBB", expected, logits(classifier, tbb));
#endif
}
