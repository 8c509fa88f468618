// libFuzzer: any bytes as one datagram of a WireGuard dump.
#include "genl/wireguard/device.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vn::netlink::MessageReader reader({data, size});
  vn::genl::wireguard::DeviceReader device;
  while (const auto message = reader.next()) {
    if (!device.add(*message).ok()) return 0;
  }
  (void)device.take().ok();
  return 0;
}
