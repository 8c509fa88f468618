// The time of a handshake, which the kernel sends in 64 bits: also where the C library's own time has 32.
#include <linux/genetlink.h>
#include <linux/wireguard.h>

#include "check.hh"
#include "genl/wireguard/device.hh"
#include "netlink/message_writer.hh"

using namespace vn;
using namespace vn::genl;

namespace {

struct KernelTime {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

std::optional<double> handshake_ms_of(const KernelTime& time) {
  netlink::MessageWriter writer(33, 0, genlmsghdr{WG_CMD_GET_DEVICE, 1, 0});
  writer.put_u32(WGDEVICE_A_IFINDEX, 5);
  writer.put_text(WGDEVICE_A_IFNAME, "wg0");
  const std::size_t peers = writer.begin_nest(WGDEVICE_A_PEERS);
  const std::size_t peer = writer.begin_nest(0);
  writer.put(WGPEER_A_PUBLIC_KEY, ByteBuffer(32, 7));
  writer.put(WGPEER_A_LAST_HANDSHAKE_TIME, view_of(time));
  writer.end_nest(peer);
  writer.end_nest(peers);
  const ByteBuffer bytes = writer.take();
  netlink::MessageReader messages(bytes);
  const auto message = messages.next();
  REQUIRE(message.has_value());
  wireguard::DeviceReader reader;
  REQUIRE(reader.add(*message).ok());
  const auto device = reader.take();
  REQUIRE(device.ok());
  REQUIRE(device.value().peers.size() == 1);
  return device.value().peers.front().last_handshake_ms;
}

}  // namespace

TEST_CASE("a handshake behind the year 2038, or 2106, keeps its time") {
  CHECK(handshake_ms_of({2'147'483'648, 500'000'000}) == 2'147'483'648'500.0);
  CHECK(handshake_ms_of({4'294'967'301, 0}) == 4'294'967'301'000.0);
  CHECK_FALSE(handshake_ms_of({0, 0}).has_value());
}
