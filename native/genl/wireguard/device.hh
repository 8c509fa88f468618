// WireGuard devices: WG_CMD_GET_DEVICE and WG_CMD_SET_DEVICE of the generic netlink family "wireguard", version 1
// (linux/wireguard.h, drivers/net/wireguard/netlink.c). Pure. Private and preshared keys pass through here: they belong into
// no log and no failure's text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.hh"
#include "base/result.hh"
#include "genl/message.hh"
#include "netlink/message.hh"

namespace vn::genl::wireguard {

/// Bytes of a Curve25519 key and of a preshared key.
constexpr std::size_t kKeyBytes = 32;
/// The kernel's own limit (MAX_PEERS_PER_DEVICE).
constexpr std::size_t kMaxPeers = std::size_t{1} << 20;
/// Allowed IPs of one device, all peers together: 64 MB of memory, far beyond any that was seen.
constexpr std::size_t kMaxAllowedIps = std::size_t{1} << 21;

struct AllowedIp {
  IpAddress address;
  std::uint8_t prefix_length = 0;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  /// The link that a link-local IPv6 address belongs to.
  std::optional<std::uint32_t> scope_ifindex;
};

struct Peer {
  ByteBuffer public_key;
  std::optional<ByteBuffer> preshared_key;
  std::optional<Endpoint> endpoint;
  /// 0: off.
  std::uint16_t keepalive_seconds = 0;
  /// Milliseconds since 1970 by the wall clock; nothing before the first handshake.
  std::optional<double> last_handshake_ms;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::vector<AllowedIp> allowed_ips;
  std::uint32_t protocol_version = 0;
};

struct Device {
  std::uint32_t ifindex = 0;
  std::string ifname;
  /// Only for who may configure the device, and only where one is set.
  std::optional<ByteBuffer> private_key;
  std::optional<ByteBuffer> public_key;
  std::uint16_t listen_port = 0;
  /// 0: none.
  std::uint32_t fwmark = 0;
  std::vector<Peer> peers;
};

/// Gathers the messages of one dump. A peer that found no room at the end of a message goes on in the next one.
class DeviceReader {
 public:
  /// EBADMSG where the message is malformed or there are too many peers; the reader is of no use then.
  Status add(const netlink::Message& message);
  /// After the last message; EBADMSG where none told of a device.
  Result<Device> take();

 private:
  Status add_peers(ByteView nest);

  Device device_;
  std::size_t allowed_ips_ = 0;
};

struct EndpointCommand {
  std::string address;
  std::uint16_t port = 0;
  std::optional<std::uint32_t> scope_ifindex;
};

struct PeerCommand {
  ByteBuffer public_key;
  /// 32 zeros take it away.
  std::optional<ByteBuffer> preshared_key;
  std::optional<EndpointCommand> endpoint;
  /// 0 switches it off.
  std::optional<std::uint16_t> keepalive_seconds;
  /// Takes the peer away.
  std::optional<bool> remove;
  /// Nothing happens where the device has no such peer.
  std::optional<bool> update_only;
  /// The peer has these allowed IPs and no others afterwards.
  std::optional<bool> replace_allowed_ips;
  /// 'address/prefixLength'.
  std::optional<std::vector<std::string>> allowed_ips;
};

struct SetDevice {
  std::uint32_t ifindex = 0;
  /// 32 zeros take it away.
  std::optional<ByteBuffer> private_key;
  /// 0 lets the kernel choose.
  std::optional<std::uint16_t> listen_port;
  /// 0 takes it away.
  std::optional<std::uint32_t> fwmark;
  /// The device has these peers and no others afterwards.
  std::optional<bool> replace_peers;
  std::optional<std::vector<PeerCommand>> peers;
};

/// One device, by index or, where the index is 0, by name.
ByteBuffer encode_get_device(std::uint16_t family_id, std::uint32_t ifindex, std::string_view ifname = {});

/// The requests to send in this order, each one acknowledged; several where the peers do not fit into one. They are no
/// transaction: where one is refused, those before it have been obeyed. EINVAL names what cannot be.
Result<std::vector<ByteBuffer>> encode_set_device(std::uint16_t family_id, const SetDevice& command);

}  // namespace vn::genl::wireguard
