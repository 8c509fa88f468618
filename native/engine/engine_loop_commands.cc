// Commands: chunks for the kernel, and what the loop does itself.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "engine/encode_command.hh"
#include "engine/encode_generic.hh"
#include "engine/engine_loop.hh"
#include "engine/link_path.hh"
#include "engine/message_fields.hh"
#include "engine/source.hh"
#include "engine/sysctl.hh"

namespace vn::engine {

namespace {

/// Sysctls and probes are system calls of microseconds; then events have their turn.
constexpr int kCommandsPerTurn = 256;
/// Locks of one engine: one is usual.
constexpr std::size_t kMaxLocks = 16;

Event refuse(const Command& command, const Failure& failure) {
  return make_refusal(command.id, to_engine_error(failure, word_of(command.type)));
}

Failure no_kernel(const Command& command) { return {EOPNOTSUPP, word_of(command.type), "this engine reads scripted bytes"}; }

}  // namespace

/// In order; at most one chunk for the kernel in a turn, so that events are read between chunks.
void EngineLoop::run_commands() {
  for (int i = 0; i < kCommandsPerTurn && replies_.size() < kMaxHeldReplies; ++i) {
    // Whoever does not hear the answers gets no further: its own changes would overflow the event socket.
    if (urgent_commands_.empty() && held_up_) return;
    CommandQueue& queue = urgent_commands_.empty() ? commands_ : urgent_commands_;
    if (queue.empty() || !run_next(queue)) return;
  }
}

/// False where the turn's chunk for the kernel has been sent. What is urgent is no bulk: it takes as many chunks as it needs.
bool EngineLoop::run_next(CommandQueue& queue) {
  const CommandQueue::Next& next = queue.front();
  const bool for_kernel = next.command.ok() && is_kernel_write(next.command.value().type);
  if (writer_ && for_kernel) {
    writer_->run_chunk(queue, replies_);
    return &queue == &urgent_commands_;
  }
  if (generic_writer_ && next.command.ok() && is_generic_write(next.command.value().type)) return run_generic(queue);
  if (next.command.ok()) {
    const Command command = next.command.value();
    queue.pop();
    execute(command);
    return true;
  }
  replies_.push_back(make_refusal(next.id, to_engine_error(next.command.failure(), next.command.failure().operation)));
  queue.pop();
  return true;
}

void EngineLoop::execute(const Command& command) {
  switch (command.type) {
    case CommandType::kSetSysctl: {
      const auto& body = *std::get_if<SetSysctl>(&command.body);
      const Status written = write_sysctl(body.path, body.value);
      replies_.push_back(written.ok() ? make_reply(command.id) : refuse(command, written.failure()));
      return;
    }
    case CommandType::kGetSysctl: return reply_with(command, read_sysctl(std::get_if<GetSysctl>(&command.body)->path));
    case CommandType::kLinkPath: {
      const auto& body = *std::get_if<LinkPath>(&command.body);
      return reply_with(command, read_link_path(body.ifindex, body.ifname));
    }
    case CommandType::kProbe:
      return probes_.start(command.id, *std::get_if<ProbeRequest>(&command.body), *loop_,
                           make_tag(Source::kProbe, command.id), ended_probes_);
    case CommandType::kCancel:
      probes_.cancel(std::get_if<Cancel>(&command.body)->target);
      replies_.push_back(make_reply(command.id));
      return;
    case CommandType::kLockInstance: return lock_instance(command);
    case CommandType::kUnlockInstance: return unlock_instance(command);
    case CommandType::kSetOrders: return set_orders(command);
    case CommandType::kOpenDatagram:
    case CommandType::kSendDatagram:
    case CommandType::kCloseDatagram:
    case CommandType::kOpenDevice:
    case CommandType::kListSockets: return execute_endpoint(command);
    case CommandType::kListGeneric:
    case CommandType::kFollowWireless:
    case CommandType::kRequestRegulatory:
    case CommandType::kAddWirelessInterface:
    case CommandType::kDeleteWirelessInterface:
    case CommandType::kSetMeshParameters:
    case CommandType::kSetPowerSave:
    case CommandType::kSetWireguardDevice:
    case CommandType::kTriggerScan:
    case CommandType::kAbortScan: return execute_generic(command);
    case CommandType::kDump:
      if (dumps_) dump_commands_.push_back(command);
      else replies_.push_back(refuse(command, no_kernel(command)));
      return;
    case CommandType::kResync:
      if (dumps_) resync_.request(std::get_if<ResyncRequest>(&command.body)->what, command.id);
      else replies_.push_back(refuse(command, no_kernel(command)));
      return;
    case CommandType::kSetLink:
    case CommandType::kAddLink:
    case CommandType::kDeleteLink:
    case CommandType::kAddAddress:
    case CommandType::kReplaceAddress:
    case CommandType::kDeleteAddress:
    case CommandType::kAddRoute:
    case CommandType::kReplaceRoute:
    case CommandType::kDeleteRoute:
    case CommandType::kAddRule:
    case CommandType::kDeleteRule:
    case CommandType::kAddNeighbour:
    case CommandType::kReplaceNeighbour:
    case CommandType::kDeleteNeighbour:
    case CommandType::kAddNexthop:
    case CommandType::kReplaceNexthop:
    case CommandType::kDeleteNexthop: replies_.push_back(refuse(command, no_kernel(command))); return;
  }
  std::abort();
}

void EngineLoop::reply_with(const Command& command, const Result<std::string>& text) {
  replies_.push_back(text.ok() ? make_reply(command.id, text.value()) : refuse(command, text.failure()));
}

void EngineLoop::set_orders(const Command& command) {
  if (!writer_) {
    replies_.push_back(refuse(command, no_kernel(command)));
    return;
  }
  const Status replaced = orders_.replace(*std::get_if<SetOrders>(&command.body), *writer_);
  replies_.push_back(replaced.ok() ? make_reply(command.id) : refuse(command, replaced.failure()));
}

void EngineLoop::lock_instance(const Command& command) {
  const std::string& name = std::get_if<LockInstance>(&command.body)->name;
  const auto ours = [&](const std::optional<InstanceLock>& lock) { return lock.has_value() && lock->name() == name; };
  const auto place = std::find(locks_.begin(), locks_.end(), std::nullopt);
  const auto at = static_cast<std::size_t>(place - locks_.begin());
  if (at >= kMaxLocks) {
    replies_.push_back(refuse(command, {ENOSPC, "lock instance", "too many locks"}));
    return;
  }
  auto lock = InstanceLock::take(name);
  if (lock.ok()) {
    const Status watched = loop_->watch(lock.value().fd(), EPOLLIN, make_tag(Source::kLock, at));
    if (watched.ok() && place == locks_.end()) locks_.emplace_back(std::move(lock.value()));
    else if (watched.ok()) *place = std::move(lock.value());
    replies_.push_back(watched.ok() ? make_reply(command.id) : refuse(command, watched.failure()));
    return;
  }
  Event refusal = refuse(command, lock.failure());
  if (lock.failure().error_number == EADDRINUSE) {
    // Our own lock would be answered by this very thread.
    const bool own = std::any_of(locks_.begin(), locks_.end(), ours);
    std::get_if<Reply>(&refusal.body)->text = own ? std::to_string(getpid()) : ask_owner(name);
  }
  replies_.push_back(std::move(refusal));
}

void EngineLoop::unlock_instance(const Command& command) {
  const std::string& name = std::get_if<LockInstance>(&command.body)->name;
  // Closing the socket takes it out of epoll, and frees the name.
  for (auto& lock : locks_) {
    if (lock.has_value() && lock->name() == name) lock.reset();
  }
  replies_.push_back(make_reply(command.id));
}

}  // namespace vn::engine
