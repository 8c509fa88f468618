// Messages about what is not rtnetlink: unix datagram endpoints, lists of TCP sockets. A part of the vocabulary of messages.hh.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hh"

namespace vn::engine {

/// Numbers a command; its reply carries it. JavaScript's safe integers.
using Id = std::uint64_t;

// Commands

/// The endpoint is known by this command's id.
struct OpenDatagram {
  /// Absolute path, or '@' and an abstract name.
  std::string local;
  std::string peer;
};

/// An endpoint too: known by this command's id, sent to and closed like the others.
struct OpenDevice {
  /// Absolute path of a character device whose reads and writes are messages.
  std::string path;
};

/// Answered when the kernel has taken the datagram.
struct SendDatagram {
  Id endpoint = 0;
  ByteBuffer bytes;
};

struct CloseDatagram {
  Id endpoint = 0;
};

/// Which TCP sockets to list, of both families; what is absent or empty matches all.
struct SocketsRequest {
  /// Words of TcpState.
  std::vector<std::string> states;
  /// Only those bound to this link.
  std::optional<std::uint32_t> ifindex;
  std::optional<std::uint16_t> local_port;
  std::optional<std::uint16_t> remote_port;
  /// 'address/prefixLength': only those whose local address lies in it.
  std::optional<std::string> local;
};

// Events

struct DatagramArrival {
  Id endpoint = 0;
  ByteBuffer bytes;
  bool truncated = false;
};

/// The peer is gone, and the endpoint with it: its sends are refused with ECONNREFUSED before this.
struct DatagramEnd {
  Id endpoint = 0;
};

/// Some uevents never came. There is nothing to ask again: who needs the truth looks below /sys.
struct UeventsLost {};

}  // namespace vn::engine
