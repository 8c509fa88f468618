#include "diag/tcp_socket.hh"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include <cstddef>

#include "check.hh"
#include "netlink/message_writer.hh"

using namespace vn;
using namespace vn::diag;

namespace {

inet_diag_msg make_header() {
  inet_diag_msg header{};
  header.idiag_family = AF_INET;
  header.idiag_state = 1;
  header.id.idiag_sport = htons(4242);
  header.id.idiag_dport = htons(80);
  header.id.idiag_src[0] = inet_addr("192.0.2.1");
  header.id.idiag_dst[0] = inet_addr("198.51.100.9");
  header.idiag_rqueue = 7;
  header.idiag_wqueue = 9;
  header.idiag_uid = 1000;
  header.idiag_inode = 77;
  return header;
}

tcp_info make_info() {
  tcp_info info{};
  info.tcpi_bytes_acked = 5'000'000'000;
  info.tcpi_bytes_received = 6;
  info.tcpi_segs_in = 3;
  info.tcpi_segs_out = 4;
  info.tcpi_last_data_sent = 11;
  info.tcpi_last_data_recv = 12;
  info.tcpi_last_ack_recv = 13;
  info.tcpi_rtt = 1234;
  info.tcpi_total_retrans = 2;
  return info;
}

ByteBuffer make_message(const inet_diag_msg& header, ByteView info) {
  netlink::MessageWriter writer(SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, header);
  writer.put_u8(INET_DIAG_SHUTDOWN, 0);
  writer.put(INET_DIAG_INFO, info);
  return writer.take();
}

TcpSocket decode(const ByteBuffer& bytes) {
  const auto socket = decode_tcp_socket(check::first_message(bytes));
  REQUIRE(socket.ok());
  REQUIRE(socket.value().has_value());
  return *socket.value();
}

/// The request's bytes behind the netlink header.
inet_diag_req_v2 request_of(const ByteBuffer& bytes) { return *load<inet_diag_req_v2>(check::first_message(bytes).payload); }

}  // namespace

TEST_CASE("a TCP socket is decoded with its traffic") {
  const TcpSocket socket = decode(make_message(make_header(), view_of(make_info())));
  CHECK(socket.family == Family::kIpv4);
  CHECK(socket.state == TcpState::kEstablished);
  CHECK(format(socket.local_address) == "192.0.2.1");
  CHECK(socket.local_port == 4242);
  CHECK(format(socket.remote_address) == "198.51.100.9");
  CHECK(socket.remote_port == 80);
  CHECK_FALSE(socket.ifindex.has_value());
  CHECK(socket.uid == 1000);
  CHECK(socket.inode == 77);
  CHECK(socket.receive_queue_bytes == 7);
  CHECK(socket.send_queue_bytes == 9);
  REQUIRE(socket.traffic.has_value());
  CHECK(socket.traffic->bytes_acked == 5'000'000'000);
  CHECK(socket.traffic->bytes_received == 6);
  CHECK(socket.traffic->segs_in == 3);
  CHECK(socket.traffic->segs_out == 4);
  CHECK(socket.traffic->last_data_sent_ms == 11);
  CHECK(socket.traffic->last_data_received_ms == 12);
  CHECK(socket.traffic->last_ack_received_ms == 13);
  CHECK(socket.traffic->rtt_ms == 1.234);
  CHECK(socket.traffic->retransmits == 2);
}

TEST_CASE("a TCP socket of IPv6 bound to a link has all its octets") {
  inet_diag_msg header = make_header();
  header.idiag_family = AF_INET6;
  header.id.idiag_if = 9;
  REQUIRE(inet_pton(AF_INET6, "2001:db8::1", header.id.idiag_src) == 1);
  const TcpSocket socket = decode(make_message(header, {}));
  CHECK(format(socket.local_address) == "2001:db8::1");
  CHECK(socket.ifindex == 9U);
}

TEST_CASE("an older tcp_info lacks what came later, one without counters tells no traffic, a younger one is read") {
  const tcp_info info = make_info();
  const ByteView whole = view_of(info);
  const std::size_t enough = offsetof(tcp_info, tcpi_segs_in) + sizeof info.tcpi_segs_in;
  CHECK(decode(make_message(make_header(), whole.first(enough))).traffic->segs_in == 3);
  CHECK_FALSE(decode(make_message(make_header(), whole.first(enough - 1))).traffic.has_value());
  CHECK_FALSE(decode(make_message(make_header(), {})).traffic.has_value());
  ByteBuffer younger;
  append_bytes(younger, whole);
  younger.resize(younger.size() + 64, 0xff);
  CHECK(decode(make_message(make_header(), younger)).traffic->segs_in == 3);
}

TEST_CASE("a TCP socket cut at any byte is refused or lacks only attributes") {
  const ByteBuffer bytes = make_message(make_header(), view_of(make_info()));
  std::size_t whole = 0;
  check::for_each_cut(bytes, [&](const netlink::Message& cut) {
    const auto socket = decode_tcp_socket(cut);
    if (cut.payload.size() < sizeof(inet_diag_msg)) CHECK_FALSE(socket.ok());
    else if (socket.ok()) {
      ++whole;
      CHECK(socket.value()->inode == 77);
      CHECK_FALSE(socket.value()->traffic.has_value());
    }
  });
  // Behind the header, and behind the first attribute with or without some of its padding.
  CHECK(whole == 5);
}

TEST_CASE("a TCP socket's attribute whose length lies is refused") {
  for (const char* lie : {"03 00 02 00", "00 00 02 00", "ff ff 02 00", "09 00 02 00 01 02 03 04"}) {
    ByteBuffer bytes = make_message(make_header(), {});
    append_bytes(bytes, check::from_hex(lie));
    store(bytes, 0, static_cast<std::uint32_t>(bytes.size()));
    const auto socket = decode_tcp_socket(check::first_message(bytes));
    REQUIRE_FALSE(socket.ok());
    CHECK(socket.failure().error_number == EBADMSG);
  }
}

TEST_CASE("sockets of other families, other messages and unknown states are told apart") {
  inet_diag_msg header = make_header();
  header.idiag_state = 200;
  CHECK(decode(make_message(header, {})).state == TcpState::kUnknown);
  header.idiag_family = AF_UNIX;
  const ByteBuffer unix_socket = make_message(header, {});
  CHECK_FALSE(decode_tcp_socket(check::first_message(unix_socket)).value().has_value());
  const ByteBuffer other = netlink::MessageWriter(SOCK_DESTROY, 0, make_header()).take();
  CHECK_FALSE(decode_tcp_socket(check::first_message(other)).value().has_value());
}

TEST_CASE("the request names family, states, ports and wants tcp_info") {
  TcpSocketFilter filter;
  filter.family = Family::kIpv6;
  filter.states = {TcpState::kEstablished, TcpState::kListen};
  filter.remote_port = 443;
  const ByteBuffer bytes = encode_tcp_socket_dump(filter);
  const inet_diag_req_v2 request = request_of(bytes);
  CHECK(check::first_message(bytes).type == SOCK_DIAG_BY_FAMILY);
  CHECK(check::first_message(bytes).flags == (NLM_F_REQUEST | NLM_F_DUMP));
  CHECK(request.sdiag_family == AF_INET6);
  CHECK(request.sdiag_protocol == 6);
  CHECK(request.idiag_states == ((1U << 1) | (1U << 10)));
  CHECK(request.idiag_ext == 2);
  CHECK(request.id.idiag_sport == 0);
  CHECK(request.id.idiag_dport == htons(443));
  CHECK(check::first_message(bytes).payload.size() == sizeof request);
  CHECK(request_of(encode_tcp_socket_dump({})).idiag_states == 0xffff'ffff);
}

TEST_CASE("conditions on link and local address become one chain of bytecode") {
  TcpSocketFilter filter;
  filter.ifindex = 5;
  filter.local = *parse_prefix("192.0.2.0/24");
  const ByteBuffer bytes = encode_tcp_socket_dump(filter);
  const ByteView payload = check::first_message(bytes).payload;
  ByteBuffer program;
  append_bytes(program, payload.subspan(sizeof(inet_diag_req_v2)));
  CHECK(program == check::from_hex("1c 00 01 00"               // INET_DIAG_REQ_BYTECODE
                                   "09 08 1c 00 05 00 00 00"   // the link; no: 4 behind the end
                                   "07 10 14 00 02 18 00 00 ff ff ff ff c0 00 02 00"));
}
