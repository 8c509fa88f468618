// Reads one dump at a time. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/clock.hh"
#include "engine/decode_event.hh"
#include "netlink/socket.hh"

namespace vn::engine {

/// One RTM_GET* dump; links and nexthops know no family.
struct DumpRequest {
  DumpSubject subject = DumpSubject::kLinks;
  Family family = Family::kIpv4;
  std::optional<std::uint32_t> table;
};

/// True where the event tells of an object that this dump would list.
bool covers(const DumpRequest& request, const Event& event);

/// The same of an event's body.
template <class Body>
bool covers_body(const DumpRequest& request, const Body& body) {
  if constexpr (std::is_same_v<Body, rtnl::Link> || std::is_same_v<Body, LinkGone>) {
    return request.subject == DumpSubject::kLinks;
  } else if constexpr (std::is_same_v<Body, rtnl::Address>) {
    return request.subject == DumpSubject::kAddresses && body.family == request.family;
  } else if constexpr (std::is_base_of_v<rtnl::Route, Body>) {
    return request.subject == DumpSubject::kRoutes && body.family == request.family &&
           (!request.table || body.table == *request.table);
  } else if constexpr (std::is_same_v<Body, rtnl::Rule>) {
    return request.subject == DumpSubject::kRules && body.family == request.family;
  } else if constexpr (std::is_same_v<Body, rtnl::Neighbour>) {
    return request.subject == DumpSubject::kNeighbours && body.family == request.family;
  } else if constexpr (std::is_same_v<Body, rtnl::NexthopObject>) {
    return request.subject == DumpSubject::kNexthops;
  } else {
    return false;
  }
}

/// Owns the dump socket.
class DumpReader {
 public:
  explicit DumpReader(netlink::Socket socket);

  /// What one read brought.
  struct Part {
    std::size_t records = 0;
    bool finished = false;
    /// NLM_F_DUMP_INTR or a part cut short: the objects changed while they were listed, some may be missing.
    bool interrupted = false;
  };

  int fd() const { return socket_.fd(); }
  /// Only when no dump is being read: the kernel refuses a second one (EBUSY).
  Status start(const DumpRequest& request);
  /// The next part; empty where none is ready. A failure ends the dump, as `finished` does: the kernel's refusal, or its
  /// want of memory for a part (ENOBUFS). Behind the latter it goes on with nothing and counts the dump as running (EBUSY
  /// to the next): only another socket helps.
  /// Every record goes to sink.take(type, body, at_ms).
  template <class Sink>
  Result<Part> read(Sink& sink) {
    Part part;
    const auto count = receiver_.receive(socket_);
    if (!count.ok()) return count.failure();
    if (count.value() == 0) return part;
    if (receiver_.truncated(0)) part.interrupted = true;
    Filter<Sink> filter{sink, request_, part, now_ms()};
    netlink::MessageReader reader(receiver_.datagram(0));
    while (const auto message = reader.next()) {
      if (message->sequence != sequence_) continue;
      if ((message->flags & NLM_F_DUMP_INTR) != 0) part.interrupted = true;
      if (message->type != NLMSG_DONE && message->type != NLMSG_ERROR) {
        (void)decode_into(*message, filter);
        continue;
      }
      part.finished = true;
      if (auto refusal = refusal_of(*message)) return *refusal;
    }
    return part;
  }

 private:
  /// A kernel without the family answers with other families, one without strict checks with all tables.
  template <class Sink>
  struct Filter {
    Sink& sink;
    const DumpRequest& request;
    Part& part;
    double at_ms;

    template <class Body>
    void take(EventType type, Body&& body) {
      if (!covers_body(request, body)) return;
      ++part.records;
      sink.take(type, std::forward<Body>(body), at_ms);
    }
  };

  /// Nothing where the message ends the dump without one.
  static std::optional<Failure> refusal_of(const netlink::Message& message);

  netlink::Socket socket_;
  netlink::Receiver receiver_;
  DumpRequest request_;
  std::uint32_t sequence_ = 0;
};

}  // namespace vn::engine
