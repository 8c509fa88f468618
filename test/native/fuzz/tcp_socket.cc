// libFuzzer: any bytes as one datagram of socket diagnostics.
#include "diag/tcp_socket.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vn::netlink::MessageReader reader({data, size});
  while (const auto message = reader.next()) (void)vn::diag::decode_tcp_socket(*message).ok();
  return 0;
}
