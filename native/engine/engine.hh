// The engine as the JS thread sees it: a loop thread behind a mailbox.
#pragma once

#include <pthread.h>

#include <functional>
#include <optional>
#include <vector>

#include "base/result.hh"
#include "engine/engine_loop.hh"
#include "engine/mailbox.hh"

namespace vn::engine {

/// Owns the loop thread. Every method: JS thread. Ends with close() or its destructor; both wait for the thread.
class Engine {
 public:
  /// `doorbell` is called on the loop thread when events wait; see Mailbox.
  Engine(EngineOptions options, std::function<void()> doorbell);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// Starts the thread and waits until it has opened its sockets. Once; after a failure nothing is left to close.
  Status open();
  /// False: too many commands wait.
  bool send(Mailbox::Parcel parcel) { return mailbox_.send(std::move(parcel)); }
  /// Answers the doorbell; see Mailbox.
  void take_events(ByteBuffer& events) { mailbox_.take_events(events); }
  /// Stops and joins, and gives every descriptor back; harmless when called again. No doorbell rings after it.
  void close();

 private:
  const EngineOptions options_;
  Mailbox mailbox_;
  /// Not std::thread: where the system has no thread left it throws, and nobody could catch.
  std::optional<pthread_t> thread_;
};

}  // namespace vn::engine
