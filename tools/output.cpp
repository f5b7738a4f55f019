#include "output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#include <atomic>
#include <csignal>

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace tool {
namespace {

#if defined(__unix__) || defined(__APPLE__)
// The thread that writes. The others hand an interrupt on to it, and it takes none while it writes.
std::atomic<pthread_t> writer;

extern "C" void take_interrupt(int signal) {
  if (::pthread_equal(::pthread_self(), writer) == 0) {
    ::pthread_kill(writer, signal);
    return;
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

constexpr int interrupts[] = {SIGINT, SIGTERM, SIGHUP};

void hand_interrupts_to_writer() {
  for (const int signal : interrupts) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) continue;  // ignored, as under nohup
    now.sa_handler = take_interrupt;
    now.sa_flags = SA_RESTART;
    ::sigaction(signal, &now, nullptr);
  }
}
#endif

// While one lives, who interrupts the program waits: otherwise a file might end in the middle of a line. A pipe is not
// waited for, as it may take for ever; who reads it sees how far it came.
class whole_lines {
 public:
#if defined(__unix__) || defined(__APPLE__)
  whole_lines() {
    static const bool to_file = [] {
      struct stat about {};
      return ::fstat(STDOUT_FILENO, &about) == 0 && S_ISREG(about.st_mode);
    }();
    if (!to_file) return;
    writer = ::pthread_self();
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : interrupts) sigaddset(&signals, signal);
    held_ = ::pthread_sigmask(SIG_BLOCK, &signals, &before_) == 0;
    static const bool handled = (hand_interrupts_to_writer(), true);
    (void)handled;
  }
  ~whole_lines() {
    if (held_) ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t before_{};
  bool held_ = false;
#endif
};

}  // namespace

distilbert::result<void> output::flush() {
  [[maybe_unused]] const whole_lines held;
  const bool written =
      std::fwrite(pending.data(), 1, pending.size(), stdout) == pending.size() && std::fflush(stdout) == 0;
  pending.clear();
  if (written) return {};
  if (errno == EPIPE) return distilbert::error{distilbert::errc::io_error, ""};
  return distilbert::error{distilbert::errc::io_error, std::string("standard output: ") + std::strerror(errno)};
}

}  // namespace tool
