// TCP sockets as socket diagnostics tell of them (sock_diag(7), linux/inet_diag.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ip_address.hh"
#include "base/result.hh"
#include "netlink/message.hh"

namespace vn::diag {

/// The kernel's numbers (include/net/tcp_states.h); kUnknown where it has a younger one.
enum class TcpState : std::uint8_t {
  kUnknown, kEstablished, kSynSent, kSynReceived, kFinWait1, kFinWait2, kTimeWait, kClosed, kCloseWait, kLastAck, kListen,
  kClosing, kNewSynReceived, kBound,
};

/// What struct tcp_info says of a connection's traffic. Counters run from the connection's begin.
struct TcpTraffic {
  /// Of what was sent, the bytes that the far end acknowledged; the SYN counts as one.
  std::uint64_t bytes_acked = 0;
  std::uint64_t bytes_received = 0;
  std::uint32_t segs_in = 0;
  std::uint32_t segs_out = 0;
  /// How long ago, in the kernel's ticks of a few milliseconds.
  std::uint32_t last_data_sent_ms = 0;
  std::uint32_t last_data_received_ms = 0;
  std::uint32_t last_ack_received_ms = 0;
  /// Smoothed, kept in microseconds; 0 before the first measurement.
  double rtt_ms = 0;
  /// Segments sent again.
  std::uint32_t retransmits = 0;
};

struct TcpSocket {
  /// Of the socket: one of IPv6 that talks IPv4 has addresses ::ffff:a.b.c.d.
  Family family = Family::kIpv4;
  TcpState state = TcpState::kUnknown;
  IpAddress local_address;
  std::uint16_t local_port = 0;
  IpAddress remote_address;
  std::uint16_t remote_port = 0;
  /// Of SO_BINDTODEVICE or of a link-local address; absent where the socket is bound to no link.
  std::optional<std::uint32_t> ifindex;
  std::uint32_t uid = 0;
  /// 0 where no process holds it any more (TIME_WAIT).
  std::uint32_t inode = 0;
  /// Of a listener: connections that wait for accept, and how many may.
  std::uint32_t receive_queue_bytes = 0;
  std::uint32_t send_queue_bytes = 0;
  /// Absent in TIME_WAIT and SYN_RECV, which have no tcp_info, and from kernels before 4.2, whose has no counters.
  std::optional<TcpTraffic> traffic;
};

/// Which sockets of one family to list; what is absent matches all.
struct TcpSocketFilter {
  Family family = Family::kIpv4;
  std::vector<TcpState> states;
  /// Only sockets that are bound to this link (kernel 4.16).
  std::optional<std::uint32_t> ifindex;
  std::optional<std::uint16_t> local_port;
  std::optional<std::uint16_t> remote_port;
  /// Only sockets whose local address lies in it; an IPv4 prefix also finds the ::ffff: addresses of IPv6 sockets.
  std::optional<IpPrefix> local;
};

/// The request of a dump.
ByteBuffer encode_tcp_socket_dump(const TcpSocketFilter& filter);
/// No value: a message that tells of no TCP socket of IP. Failure EBADMSG: cut short or inconsistent.
Result<std::optional<TcpSocket>> decode_tcp_socket(const netlink::Message& message);

}  // namespace vn::diag
