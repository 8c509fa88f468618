// Any bytes as one datagram of socket diagnostics.
#include "fuzz_target.hh"
#include "diag/tcp_socket.hh"

VN_FUZZ_TARGET(tcp_socket) {
  vn::netlink::MessageReader reader(input);
  while (const auto message = reader.next()) (void)vn::diag::decode_tcp_socket(*message).ok();
}
