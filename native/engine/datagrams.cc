#include "engine/datagrams.hh"

#include <utility>

namespace vn::engine {

namespace {

using datagram::DeviceEndpoint;
using datagram::SendOutcome;
using datagram::UnixEndpoint;

Failure no_endpoint() { return {EBADF, "datagram", "no such endpoint"}; }
/// A driver that reports an error and has nothing to read would do so for ever.
constexpr std::uint32_t kBroken = EPOLLERR | EPOLLHUP;
Failure peer_gone() { return {ECONNREFUSED, "send", "the peer is gone"}; }

}  // namespace

void Datagrams::open(Id id, const OpenDatagram& command, std::vector<DatagramEvent>& events) {
  if (auto refused = refusal(id)) return add(id, *refused, events);
  auto opened = UnixEndpoint::open({command.local, command.peer});
  if (!opened.ok()) return add(id, opened.failure(), events);
  add(id, Channel{std::move(opened.value())}, events);
}

void Datagrams::open(Id id, const OpenDevice& command, std::vector<DatagramEvent>& events) {
  if (auto refused = refusal(id)) return add(id, *refused, events);
  auto opened = DeviceEndpoint::open(command.path);
  if (!opened.ok()) return add(id, opened.failure(), events);
  add(id, Channel{std::move(opened.value())}, events);
}

std::optional<Failure> Datagrams::refusal(Id id) const {
  if (endpoints_.contains(id)) return Failure{EEXIST, "open", "the endpoint is open"};
  if (endpoints_.size() >= kMaxEndpoints) return Failure{EMFILE, "open", "too many endpoints"};
  return std::nullopt;
}

void Datagrams::add(Id id, Result<Channel> opened, std::vector<DatagramEvent>& events) {
  const auto refuse = [&](const Failure& failure) { events.emplace_back(DatagramAnswer{id, failure}); };
  if (!opened.ok()) return refuse(opened.failure());
  const auto [place, added] = endpoints_.emplace(id, Endpoint{std::move(opened.value()), {}, 0});
  const Status watched = update_watch(id, place->second);
  if (watched.ok()) {
    events.emplace_back(DatagramAnswer{id, std::nullopt});
    return;
  }
  endpoints_.erase(place);
  refuse(watched.failure());
}

void Datagrams::send(Id id, SendDatagram command, std::vector<DatagramEvent>& events) {
  const auto answer = [&](std::optional<Failure> failure) { events.emplace_back(DatagramAnswer{id, std::move(failure)}); };
  const auto found = endpoints_.find(command.endpoint);
  if (found == endpoints_.end()) return answer(no_endpoint());
  Endpoint& endpoint = found->second;
  if (endpoint.queue.size() >= kMaxQueuedDatagrams) return answer(Failure{ENOBUFS, "send", "the peer reads nothing"});
  const bool was_idle = endpoint.queue.empty();
  // Too long ones are refused at once, not behind others.
  if (command.bytes.size() > UnixEndpoint::kMaxBytes) return answer(Failure{EMSGSIZE, "send", "a datagram has at most 65536 bytes"});
  endpoint.queue.push_back({id, std::move(command.bytes)});
  // What is queued keeps its order: behind others it waits until the socket is ready.
  if (was_idle && !flush(endpoint, events)) return end(command.endpoint, events);
  if (!update_watch(command.endpoint, endpoint).ok()) end(command.endpoint, events);
}

void Datagrams::close(Id id, const CloseDatagram& command, std::vector<DatagramEvent>& events) {
  const auto found = endpoints_.find(command.endpoint);
  std::deque<Queued> unsent;
  if (found != endpoints_.end()) {
    unsent = std::move(found->second.queue);
    endpoints_.erase(found);
  }
  for (const Queued& each : unsent) events.emplace_back(DatagramAnswer{each.id, Failure{ECANCELED, "send", "closed"}});
  events.emplace_back(DatagramAnswer{id, std::nullopt});
}

void Datagrams::ready(Id id, std::uint32_t epoll_events, std::vector<DatagramEvent>& events) {
  const auto found = endpoints_.find(id);
  if (found == endpoints_.end()) return;
  Endpoint& endpoint = found->second;
  // An error (ECONNRESET) is handed out by the next receive.
  const bool receives = (epoll_events & (EPOLLIN | kBroken)) != 0;
  const std::size_t before = events.size();
  if (receives && !receive(id, endpoint, events)) return end(id, events);
  const bool silent = events.size() == before && (epoll_events & kBroken) != 0;
  if (silent && std::holds_alternative<DeviceEndpoint>(endpoint.channel)) return end(id, events);
  if ((epoll_events & EPOLLOUT) != 0 && !flush(endpoint, events)) return end(id, events);
  if (!update_watch(id, endpoint).ok()) end(id, events);
}

void Datagrams::set_reading(bool on, std::vector<DatagramEvent>& events) {
  if (reading_ == on) return;
  reading_ = on;
  std::vector<Id> broken;
  for (auto& [id, endpoint] : endpoints_) {
    if (!update_watch(id, endpoint).ok()) broken.push_back(id);
  }
  for (const Id id : broken) end(id, events);
}

Status Datagrams::update_watch(Id id, Endpoint& endpoint) {
  const std::uint32_t wanted = (reading_ ? EPOLLIN : 0U) | (endpoint.queue.empty() ? 0U : EPOLLOUT);
  if (wanted == endpoint.watched) return Done{};
  const int fd = std::visit([](const auto& channel) { return channel.fd(); }, endpoint.channel);
  if (endpoint.watched != 0) loop_.unwatch(fd);
  endpoint.watched = wanted;
  return wanted == 0 ? Status{Done{}} : loop_.watch(fd, wanted, make_tag(source_, id));
}

/// False where the endpoint is of no use any more.
bool Datagrams::receive(Id id, Endpoint& endpoint, std::vector<DatagramEvent>& events) {
  for (int i = 0; i < kArrivalsPerTurn; ++i) {
    auto received = std::visit([](auto& channel) { return channel.receive(); }, endpoint.channel);
    if (!received.ok()) return false;
    if (!received.value()) return true;
    events.emplace_back(DatagramArrival{id, std::move(received.value()->bytes), received.value()->truncated});
  }
  return true;
}

/// Sends what waits, as far as the peer takes it; false where it is gone.
bool Datagrams::flush(Endpoint& endpoint, std::vector<DatagramEvent>& events) {
  while (!endpoint.queue.empty()) {
    const Queued& first = endpoint.queue.front();
    const auto sent = std::visit([&](auto& channel) { return channel.send(first.bytes); }, endpoint.channel);
    if (sent.ok() && sent.value() == SendOutcome::kFull) return true;
    if (sent.ok() && sent.value() == SendOutcome::kPeerGone) return false;
    events.emplace_back(DatagramAnswer{first.id, sent.ok() ? std::nullopt : std::optional{sent.failure()}});
    endpoint.queue.pop_front();
  }
  return true;
}

void Datagrams::end(Id id, std::vector<DatagramEvent>& events) {
  const auto found = endpoints_.find(id);
  for (const Queued& each : found->second.queue) events.emplace_back(DatagramAnswer{each.id, peer_gone()});
  endpoints_.erase(found);
  events.emplace_back(DatagramEnd{id});
}

}  // namespace vn::engine
