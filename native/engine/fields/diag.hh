// Field tables of the nouns of socket diagnostics; lib/kernel/sockets.ts says the same.
#pragma once

#include "diag/tcp_socket.hh"
#include "engine/fields/field.hh"
#include "engine/endpoint_messages.hh"

namespace vn::engine {

template <> struct Words<diag::TcpState> {
  static constexpr auto kWords = std::to_array<const char*>({"unknown", "established", "synSent", "synReceived", "finWait1",
      "finWait2", "timeWait", "closed", "closeWait", "lastAck", "listen", "closing", "newSynReceived", "bound"});
};
template <> struct Fields<diag::TcpTraffic> {
  using T = diag::TcpTraffic;
  static constexpr auto kTable = std::make_tuple(
      field("bytesAcked", &T::bytes_acked), field("bytesReceived", &T::bytes_received), field("segsIn", &T::segs_in),
      field("segsOut", &T::segs_out), field("lastDataSentMs", &T::last_data_sent_ms),
      field("lastDataReceivedMs", &T::last_data_received_ms), field("lastAckReceivedMs", &T::last_ack_received_ms),
      field("rttMs", &T::rtt_ms), field("retransmits", &T::retransmits));
};
template <> struct Fields<diag::TcpSocket> {
  using T = diag::TcpSocket;
  static constexpr auto kTable = std::make_tuple(
      field("family", &T::family), field("state", &T::state), field("localAddress", &T::local_address),
      field("localPort", &T::local_port), field("remoteAddress", &T::remote_address), field("remotePort", &T::remote_port),
      field("ifindex", &T::ifindex), field("uid", &T::uid), field("inode", &T::inode),
      field("receiveQueueBytes", &T::receive_queue_bytes), field("sendQueueBytes", &T::send_queue_bytes),
      field("traffic", &T::traffic));
};
template <> struct Fields<SocketsRequest> {
  using T = SocketsRequest;
  static constexpr auto kTable = std::make_tuple(
      field("states", &T::states), field("ifindex", &T::ifindex), field("localPort", &T::local_port),
      field("remotePort", &T::remote_port), field("local", &T::local));
};

}  // namespace vn::engine
