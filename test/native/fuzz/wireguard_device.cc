// Any bytes as one datagram of a WireGuard dump.
#include "fuzz_target.hh"
#include "genl/wireguard/device.hh"

VN_FUZZ_TARGET(wireguard_device) {
  vn::netlink::MessageReader reader(input);
  vn::genl::wireguard::DeviceReader device;
  while (const auto message = reader.next()) {
    if (!device.add(*message).ok()) return;
  }
  (void)device.take().ok();
}
