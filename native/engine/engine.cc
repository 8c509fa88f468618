#include "engine/engine.hh"

#include <pthread.h>
#include <signal.h>

#include <future>
#include <memory>

#include "base/clock.hh"

namespace vn::engine {

namespace {

/// Signals are for the threads of Node: the loop would only be disturbed.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

/// What the loop thread is given; it owns it.
struct Start {
  const EngineOptions& options;
  Mailbox& mailbox;
  std::promise<Status> opened;
};

void run_loop(Start& start) {
  EngineLoop loop(start.options, start.mailbox);
  Status status = loop.open();
  const bool open = status.ok();
  start.opened.set_value(std::move(status));
  if (!open) return;
  const Status ended = loop.run();
  if (ended.ok()) return;
  Outbox last;
  last.put({EventType::kFatal, now_ms(), Fatal{to_engine_error(ended.failure(), ended.failure().operation)}});
  start.mailbox.publish(last.buffer());
}

void* run_thread(void* start) {
  const std::unique_ptr<Start> owned(static_cast<Start*>(start));
  block_signals();
  pthread_setname_np(pthread_self(), "vintage-net");
  run_loop(*owned);
  return nullptr;
}

}  // namespace

Engine::Engine(EngineOptions options, std::function<void()> doorbell)
    : options_(std::move(options)), mailbox_(std::move(doorbell)) {}

Engine::~Engine() { close(); }

Status Engine::open() {
  if (mailbox_.wake_fd() < 0) return Failure{EMFILE, "eventfd", {}};
  std::unique_ptr<Start> start(new Start{options_, mailbox_, {}});
  std::future<Status> opened = start->opened.get_future();
  pthread_t thread{};
  const int error_number = pthread_create(&thread, nullptr, run_thread, start.get());
  if (error_number != 0) {
    mailbox_.release();
    return Failure{error_number, "pthread_create", {}};
  }
  (void)start.release();  // the thread's now
  thread_ = thread;
  Status status = opened.get();
  if (!status.ok()) close();
  return status;
}

void Engine::close() {
  if (!thread_) return;
  mailbox_.stop();
  pthread_join(*thread_, nullptr);
  thread_.reset();
  mailbox_.release();
}

}  // namespace vn::engine
