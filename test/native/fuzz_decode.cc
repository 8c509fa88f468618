// libFuzzer: any bytes as one datagram. Build with -DVN_FUZZ=ON and clang.
#include "engine/decode_event.hh"
#include "netlink/acknowledgement.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vn::netlink::MessageReader reader({data, size});
  while (const auto message = reader.next()) {
    (void)vn::engine::decode_event(*message, 0).ok();
    (void)vn::netlink::decode_acknowledgement(*message);
  }
  return 0;
}
