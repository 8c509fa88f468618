// What is not rtnetlink: datagram endpoints, lists of TCP sockets, uevents.

#include <cstdlib>

#include "base/clock.hh"
#include "engine/engine_loop.hh"
#include "engine/message_fields.hh"
#include "engine/source.hh"

namespace vn::engine {

namespace {

/// Some 500 uevents.
constexpr int kUeventBufferBytes = 1024 * 1024;

Event answer(Id id, const std::optional<Failure>& failure) {
  return failure ? make_refusal(id, to_engine_error(*failure, failure->operation)) : make_reply(id);
}

}  // namespace

Status EngineLoop::open_endpoints() {
  datagrams_.emplace(*loop_, Source::kDatagram);
  socket_dumps_.emplace(*loop_, Source::kSockets);
  open_generic();
  if ((options_.follow >> kFollowUevents & 1U) == 0) return Done{};
  auto socket = uevent::UeventSocket::open(kUeventBufferBytes);
  if (!socket.ok()) return socket.failure();
  auto uevents = Uevents::open(*loop_, Source::kUevents, std::move(socket.value()));
  if (!uevents.ok()) return uevents.failure();
  uevents_.emplace(std::move(uevents.value()));
  return Done{};
}

void EngineLoop::execute_endpoint(const Command& command) {
  if (const auto* open = std::get_if<OpenDatagram>(&command.body)) datagrams_->open(command.id, *open, datagram_events_);
  else if (const auto* device = std::get_if<OpenDevice>(&command.body)) datagrams_->open(command.id, *device, datagram_events_);
  else if (const auto* send = std::get_if<SendDatagram>(&command.body)) datagrams_->send(command.id, *send, datagram_events_);
  else if (const auto* close = std::get_if<CloseDatagram>(&command.body)) datagrams_->close(command.id, *close, datagram_events_);
  else if (const auto* list = std::get_if<SocketsRequest>(&command.body)) socket_dumps_->start(command.id, *list, ended_lists_);
}

Status EngineLoop::read_uevents() {
  if (!uevents_ready_) return Done{};
  uevents_ready_ = false;
  auto round = uevents_->read();
  if (!round.ok()) return round.failure();
  if (round.value().lost) outbox_.put({EventType::kUeventsLost, now_ms(), UeventsLost{}});
  for (uevent::Uevent& uevent : round.value().uevents) outbox_.put({EventType::kUevent, now_ms(), std::move(uevent)});
  return Done{};
}

/// Into the outbox, in the order in which it happened.
void EngineLoop::tell_endpoints() {
  for (DatagramEvent& event : datagram_events_) {
    if (const auto* answered = std::get_if<DatagramAnswer>(&event)) outbox_.put(answer(answered->id, answered->failure));
    else if (auto* arrival = std::get_if<DatagramArrival>(&event)) outbox_.put({EventType::kDatagram, now_ms(), std::move(*arrival)});
    else if (auto* end = std::get_if<DatagramEnd>(&event)) outbox_.put({EventType::kDatagramEnd, now_ms(), *end});
  }
  datagram_events_.clear();
  for (const SocketsEnd& end : ended_lists_) {
    if (!end.failure) {
      outbox_.put({EventType::kDumpBegin, now_ms(), DumpBegin{end.id}});
      for (const diag::TcpSocket& socket : end.sockets) outbox_.put_of_dump(EventType::kTcpSocket, socket, end.id);
    }
    outbox_.put(answer(end.id, end.failure));
  }
  ended_lists_.clear();
}

/// While JavaScript is behind, the kernel's buffers hold what comes.
Status EngineLoop::rest_endpoints() {
  if (!datagrams_) return Done{};
  const bool room = mailbox_.has_room(0);
  datagrams_->set_reading(room, datagram_events_);
  tell_endpoints();
  mailbox_.publish(outbox_.buffer());
  outbox_.clear();
  if (generic_events_) {
    const Status watched = generic_events_->set_reading(room);
    if (!watched.ok()) return watched;
  }
  return uevents_ ? uevents_->set_reading(room) : Status{Done{}};
}

}  // namespace vn::engine
