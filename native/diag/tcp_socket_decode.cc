// One answer of socket diagnostics to a TcpSocket.

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "diag/tcp_socket.hh"

namespace vn::diag {

namespace {

Failure bad(const char* detail) { return {EBADMSG, "decode socket", detail}; }

IpAddress to_ip(Family family, const __be32 (&words)[4]) {
  IpAddress address;
  address.family = family;
  std::memcpy(address.octets.data(), words, address_bytes(family));
  return address;
}

TcpState to_state(std::uint8_t number) {
  return number <= static_cast<std::uint8_t>(TcpState::kBound) ? static_cast<TcpState>(number) : TcpState::kUnknown;
}

/// tcp_info grows with every few kernels: what an older one lacks stays 0, what a younger one adds is passed over.
std::optional<TcpTraffic> decode_traffic(ByteView bytes) {
  constexpr std::size_t kLastFieldEnd = offsetof(tcp_info, tcpi_segs_in) + sizeof(tcp_info::tcpi_segs_in);
  if (bytes.size() < kLastFieldEnd) return std::nullopt;
  tcp_info info{};
  std::memcpy(&info, bytes.data(), std::min(bytes.size(), sizeof info));
  return TcpTraffic{info.tcpi_bytes_acked,    info.tcpi_bytes_received, info.tcpi_segs_in,
                    info.tcpi_segs_out,       info.tcpi_last_data_sent, info.tcpi_last_data_recv,
                    info.tcpi_last_ack_recv,  info.tcpi_rtt / 1e3,      info.tcpi_total_retrans};
}

}  // namespace

Result<std::optional<TcpSocket>> decode_tcp_socket(const netlink::Message& message) {
  if (message.type != SOCK_DIAG_BY_FAMILY) return std::optional<TcpSocket>{};
  const auto header = load<inet_diag_msg>(message.payload);
  if (!header) return bad("cut short");
  const auto family = from_af(header->idiag_family);
  if (!family) return std::optional<TcpSocket>{};
  TcpSocket socket;
  socket.family = *family;
  socket.state = to_state(header->idiag_state);
  socket.local_address = to_ip(*family, header->id.idiag_src);
  socket.local_port = ntohs(header->id.idiag_sport);
  socket.remote_address = to_ip(*family, header->id.idiag_dst);
  socket.remote_port = ntohs(header->id.idiag_dport);
  if (header->id.idiag_if != 0) socket.ifindex = header->id.idiag_if;
  socket.uid = header->idiag_uid;
  socket.inode = header->idiag_inode;
  socket.receive_queue_bytes = header->idiag_rqueue;
  socket.send_queue_bytes = header->idiag_wqueue;
  netlink::AttributeReader reader(tail(message.payload, sizeof(inet_diag_msg)));
  while (const auto attribute = reader.next()) {
    if (attribute->type == INET_DIAG_INFO) socket.traffic = decode_traffic(attribute->payload);
  }
  if (reader.malformed()) return bad("an attribute's length is wrong");
  return std::optional<TcpSocket>{std::move(socket)};
}

}  // namespace vn::diag
