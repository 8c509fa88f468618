#include <linux/if.h>
#include <linux/wireguard.h>
#include <netinet/in.h>

#include <algorithm>

#include "genl/wireguard/device.hh"

namespace vn::genl::wireguard {

namespace {

using netlink::MessageWriter;

constexpr std::uint8_t kVersion = 1;
/// A message beyond this goes on in another one: its nests are counted in 16 bits, and the kernel holds its lock meanwhile.
constexpr std::size_t kMaxMessageBytes = 16 * 1024;
/// What a peer without allowed IPs takes at most: all its attributes, with an IPv6 endpoint and the nests' headers.
constexpr std::size_t kPeerBytes = 160;
/// The same for one allowed IP.
constexpr std::size_t kAllowedIpBytes = 48;

Failure refused_device(const char* why) { return {EINVAL, "encode wireguard device", why}; }

struct ParsedEndpoint {
  IpAddress address;
  std::uint16_t port = 0;
  std::uint32_t scope_ifindex = 0;
};

struct ParsedPeer {
  const PeerCommand* command = nullptr;
  std::optional<ParsedEndpoint> endpoint;
  std::vector<IpPrefix> allowed_ips;
};

bool is_key(const ByteBuffer& bytes) { return bytes.size() == kKeyBytes; }

Result<ParsedPeer> parse_peer(const PeerCommand& command) {
  if (!is_key(command.public_key)) return refused_device("publicKey must have 32 bytes");
  if (command.preshared_key && !is_key(*command.preshared_key)) return refused_device("presharedKey must have 32 bytes");
  ParsedPeer peer;
  peer.command = &command;
  if (command.endpoint) {
    const auto address = parse_ip(command.endpoint->address);
    if (!address) return refused_device("endpoint.address must be an IP address");
    if (command.endpoint->port == 0) return refused_device("endpoint.port must be 1 to 65535");
    peer.endpoint = ParsedEndpoint{*address, command.endpoint->port, command.endpoint->scope_ifindex.value_or(0)};
  }
  if (!command.allowed_ips) return peer;
  for (const std::string& text : *command.allowed_ips) {
    const auto prefix = parse_prefix(text);
    if (!prefix) return refused_device("allowedIps must hold prefixes such as 192.0.2.0/24");
    peer.allowed_ips.push_back(*prefix);
  }
  return peer;
}

void put_endpoint(MessageWriter& writer, const ParsedEndpoint& endpoint) {
  if (endpoint.address.family == Family::kIpv4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::copy_n(endpoint.address.octets.begin(), sizeof address.sin_addr, reinterpret_cast<std::uint8_t*>(&address.sin_addr));
    writer.put(WGPEER_A_ENDPOINT, view_of(address));
    return;
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(endpoint.port);
  address.sin6_scope_id = endpoint.scope_ifindex;
  std::copy_n(endpoint.address.octets.begin(), sizeof address.sin6_addr, reinterpret_cast<std::uint8_t*>(&address.sin6_addr));
  writer.put(WGPEER_A_ENDPOINT, view_of(address));
}

void put_allowed_ip(MessageWriter& writer, const IpPrefix& prefix) {
  const std::size_t nest = writer.begin_nest(0);
  put_u16(writer, WGALLOWEDIP_A_FAMILY, to_af(prefix.address.family));
  writer.put(WGALLOWEDIP_A_IPADDR, prefix.address.bytes());
  writer.put_u8(WGALLOWEDIP_A_CIDR_MASK, prefix.length);
  writer.end_nest(nest);
}

/// `from` is the first allowed IP to write: a peer whose rest is written has its other attributes behind it.
void put_peer_head(MessageWriter& writer, const ParsedPeer& peer, std::size_t from) {
  const PeerCommand& command = *peer.command;
  writer.put(WGPEER_A_PUBLIC_KEY, command.public_key);
  std::uint32_t flags = 0;
  if (command.remove.value_or(false)) flags |= WGPEER_F_REMOVE_ME;
  if (command.update_only.value_or(false)) flags |= WGPEER_F_UPDATE_ONLY;
  if (from == 0 && command.replace_allowed_ips.value_or(false)) flags |= WGPEER_F_REPLACE_ALLOWEDIPS;
  if (flags != 0) writer.put_u32(WGPEER_A_FLAGS, flags);
  if (from != 0) return;
  if (command.preshared_key) writer.put(WGPEER_A_PRESHARED_KEY, *command.preshared_key);
  if (peer.endpoint) put_endpoint(writer, *peer.endpoint);
  if (command.keepalive_seconds) put_u16(writer, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, *command.keepalive_seconds);
}

/// Where the next message begins.
struct Position {
  std::size_t peer = 0;
  std::size_t allowed_ip = 0;
};

/// Writes one peer from `position` on, as far as the message has room; true where all of it is written.
bool put_peer(MessageWriter& writer, const ParsedPeer& peer, Position& position) {
  const std::size_t nest = writer.begin_nest(0);
  put_peer_head(writer, peer, position.allowed_ip);
  if (position.allowed_ip < peer.allowed_ips.size()) {
    const std::size_t list = writer.begin_nest(WGPEER_A_ALLOWEDIPS);
    while (position.allowed_ip < peer.allowed_ips.size() && writer.size() + kAllowedIpBytes <= kMaxMessageBytes) {
      put_allowed_ip(writer, peer.allowed_ips[position.allowed_ip]);
      position.allowed_ip += 1;
    }
    writer.end_nest(list);
  }
  writer.end_nest(nest);
  return position.allowed_ip == peer.allowed_ips.size();
}

void put_peers(MessageWriter& writer, const std::vector<ParsedPeer>& peers, Position& position) {
  const std::size_t nest = writer.begin_nest(WGDEVICE_A_PEERS);
  while (position.peer < peers.size() && writer.size() + kPeerBytes + kAllowedIpBytes <= kMaxMessageBytes) {
    if (!put_peer(writer, peers[position.peer], position)) break;
    position = {position.peer + 1, 0};
  }
  writer.end_nest(nest);
}

void put_device(MessageWriter& writer, const SetDevice& command) {
  if (command.private_key) writer.put(WGDEVICE_A_PRIVATE_KEY, *command.private_key);
  if (command.listen_port) put_u16(writer, WGDEVICE_A_LISTEN_PORT, *command.listen_port);
  if (command.fwmark) writer.put_u32(WGDEVICE_A_FWMARK, *command.fwmark);
  if (command.replace_peers.value_or(false)) writer.put_u32(WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
}

}  // namespace

ByteBuffer encode_get_device(std::uint16_t family_id, std::uint32_t ifindex, std::string_view ifname) {
  MessageWriter writer = begin_dump({family_id, kVersion}, WG_CMD_GET_DEVICE);
  if (ifindex != 0) writer.put_u32(WGDEVICE_A_IFINDEX, ifindex);
  else writer.put_text(WGDEVICE_A_IFNAME, ifname.substr(0, IFNAMSIZ - 1));
  return writer.take();
}

Result<std::vector<ByteBuffer>> encode_set_device(std::uint16_t family_id, const SetDevice& command) {
  if (command.private_key && !is_key(*command.private_key)) return refused_device("privateKey must have 32 bytes");
  std::vector<ParsedPeer> peers;
  if (command.peers) {
    if (command.peers->size() > kMaxPeers) return refused_device("a device has at most 1048576 peers");
    for (const PeerCommand& peer : *command.peers) {
      auto parsed = parse_peer(peer);
      if (!parsed.ok()) return parsed.failure();
      peers.push_back(std::move(parsed.value()));
    }
  }
  std::vector<ByteBuffer> requests;
  Position position;
  do {
    MessageWriter writer = begin_request({family_id, kVersion}, WG_CMD_SET_DEVICE);
    writer.put_u32(WGDEVICE_A_IFINDEX, command.ifindex);
    if (requests.empty()) put_device(writer, command);
    if (position.peer < peers.size()) put_peers(writer, peers, position);
    auto request = writer.finish();
    if (!request.ok()) return request.failure();
    requests.push_back(std::move(request.value()));
  } while (position.peer < peers.size());
  return requests;
}

}  // namespace vn::genl::wireguard
