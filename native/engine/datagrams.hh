// The endpoints that JavaScript has open: unix datagram sockets, and devices that speak in messages. Loop thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.hh"
#include "datagram/device_endpoint.hh"
#include "datagram/unix_endpoint.hh"
#include "engine/endpoint_messages.hh"
#include "engine/event_loop.hh"
#include "engine/source.hh"

namespace vn::engine {

/// The answer to openDatagram, openDevice, sendDatagram or closeDatagram.
struct DatagramAnswer {
  Id id = 0;
  std::optional<Failure> failure;
};

using DatagramEvent = std::variant<DatagramAnswer, DatagramArrival, DatagramEnd>;

/// Owns the endpoints. Each ends by close(), by its peer's end, or with this object; its file goes with it. A peer that
/// ends is noticed when something is sent to it (or at once where it was connected to us).
class Datagrams {
 public:
  /// One for each station or access point, and one for its events.
  static constexpr std::size_t kMaxEndpoints = 32;
  /// For each endpoint, while its peer reads nothing; each has at most 64 KiB. Beyond: ENOBUFS.
  static constexpr std::size_t kMaxQueuedDatagrams = 32;
  /// Of one endpoint in one turn of the loop; then others have theirs.
  static constexpr int kArrivalsPerTurn = 32;

  /// `loop` outlives it. Sockets are watched with tags of `source`, their detail being the endpoint.
  Datagrams(EventLoop& loop, Source source) : loop_(loop), source_(source) {}

  void open(Id id, const OpenDatagram& command, std::vector<DatagramEvent>& events);
  void open(Id id, const OpenDevice& command, std::vector<DatagramEvent>& events);
  void send(Id id, SendDatagram command, std::vector<DatagramEvent>& events);
  void close(Id id, const CloseDatagram& command, std::vector<DatagramEvent>& events);
  /// `epoll_events`: what the endpoint is ready for.
  void ready(Id endpoint, std::uint32_t epoll_events, std::vector<DatagramEvent>& events);
  /// While JavaScript is behind, arrivals stay in the kernel's queues, and peers that send more have to wait.
  void set_reading(bool on, std::vector<DatagramEvent>& events);
  std::size_t size() const { return endpoints_.size(); }

 private:
  struct Queued {
    Id id;
    ByteBuffer bytes;
  };
  using Channel = std::variant<datagram::UnixEndpoint, datagram::DeviceEndpoint>;
  struct Endpoint {
    Channel channel;
    std::deque<Queued> queue;
    std::uint32_t watched = 0;
  };

  void add(Id id, Result<Channel> opened, std::vector<DatagramEvent>& events);
  /// Why a new endpoint cannot be; none: it can.
  std::optional<Failure> refusal(Id id) const;
  Status update_watch(Id id, Endpoint& endpoint);
  bool receive(Id id, Endpoint& endpoint, std::vector<DatagramEvent>& events);
  bool flush(Endpoint& endpoint, std::vector<DatagramEvent>& events);
  void end(Id id, std::vector<DatagramEvent>& events);

  EventLoop& loop_;
  const Source source_;
  bool reading_ = true;
  std::unordered_map<Id, Endpoint> endpoints_;
};

}  // namespace vn::engine
