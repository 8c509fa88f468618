// Reads one dump at a time. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/messages.hh"
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

/// Owns the dump socket.
class DumpReader {
 public:
  explicit DumpReader(netlink::Socket socket);

  /// What one read brought.
  struct Part {
    std::vector<Event> events;
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
  Result<Part> read();

 private:
  /// Returns the refusal, if the message is one.
  std::optional<Failure> take(const netlink::Message& message, double at_ms, Part& part);

  netlink::Socket socket_;
  netlink::Receiver receiver_;
  DumpRequest request_;
  std::uint32_t sequence_ = 0;
};

}  // namespace vn::engine
