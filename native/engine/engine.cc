#include "engine/engine.hh"

#include <pthread.h>
#include <signal.h>

#include <future>

#include "base/clock.hh"

namespace vn::engine {

namespace {

/// Signals are for the threads of Node: the loop would only be disturbed.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

void run_loop(const EngineOptions& options, Mailbox& mailbox, std::promise<Status> opened) {
  block_signals();
  pthread_setname_np(pthread_self(), "vintage-net");
  EngineLoop loop(options, mailbox);
  Status status = loop.open();
  const bool open = status.ok();
  opened.set_value(std::move(status));
  if (!open) return;
  const Status ended = loop.run();
  if (ended.ok()) return;
  std::vector<Event> last{{EventType::kFatal, now_ms(), Fatal{to_engine_error(ended.failure(), ended.failure().operation)}}};
  mailbox.publish(last);
}

}  // namespace

Engine::Engine(EngineOptions options, std::function<void()> doorbell)
    : options_(std::move(options)), mailbox_(std::move(doorbell)) {}

Engine::~Engine() { close(); }

Status Engine::open() {
  if (mailbox_.wake_fd() < 0) return Failure{EMFILE, "eventfd", {}};
  std::promise<Status> opened;
  std::future<Status> result = opened.get_future();
  thread_ = std::thread(run_loop, std::cref(options_), std::ref(mailbox_), std::move(opened));
  Status status = result.get();
  if (!status.ok()) thread_.join();
  return status;
}

void Engine::close() {
  if (!thread_.joinable()) return;
  mailbox_.stop();
  thread_.join();
}

}  // namespace vn::engine
