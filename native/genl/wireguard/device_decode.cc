#include <linux/wireguard.h>
#include <netinet/in.h>

#include <algorithm>

#include "genl/wireguard/device.hh"

namespace vn::genl::wireguard {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

constexpr double kMsPerSecond = 1e3;
constexpr double kNsPerMs = 1e6;

Failure malformed_device() { return {EBADMSG, "decode wireguard device", {}}; }

/// What the kernel sends as struct __kernel_timespec, whatever the machine's own time_t is.
struct Timespec64 {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

/// A key; nothing where it is none, which the kernel says with zeros.
std::optional<ByteBuffer> decode_key(ByteView bytes) {
  if (bytes.size() != kKeyBytes) return std::nullopt;
  if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t octet) { return octet == 0; })) return std::nullopt;
  ByteBuffer key;
  append_bytes(key, bytes);
  return key;
}

IpAddress to_address(Family family, ByteView bytes) {
  IpAddress address;
  address.family = family;
  std::copy_n(bytes.begin(), address_bytes(family), address.octets.begin());
  return address;
}

std::optional<Endpoint> decode_endpoint(ByteView bytes) {
  const auto family = load<sa_family_t>(bytes);
  if (family == sa_family_t{AF_INET}) {
    const auto address = load<sockaddr_in>(bytes);
    if (!address) return std::nullopt;
    return Endpoint{to_address(Family::kIpv4, view_of(address->sin_addr)), ntohs(address->sin_port), std::nullopt};
  }
  if (family == sa_family_t{AF_INET6}) {
    const auto address = load<sockaddr_in6>(bytes);
    if (!address) return std::nullopt;
    Endpoint endpoint{to_address(Family::kIpv6, view_of(address->sin6_addr)), ntohs(address->sin6_port), std::nullopt};
    if (address->sin6_scope_id != 0) endpoint.scope_ifindex = address->sin6_scope_id;
    return endpoint;
  }
  return std::nullopt;
}

std::optional<double> decode_handshake(ByteView bytes) {
  const auto time = load<Timespec64>(bytes);
  if (!time || (time->seconds == 0 && time->nanoseconds == 0)) return std::nullopt;
  return static_cast<double>(time->seconds) * kMsPerSecond + static_cast<double>(time->nanoseconds) / kNsPerMs;
}

std::optional<AllowedIp> decode_allowed_ip(ByteView nest) {
  std::optional<Family> family;
  ByteView octets;
  AllowedIp allowed;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == WGALLOWEDIP_A_FAMILY) {
      const auto number = attribute->u16();
      if (number && *number <= UINT8_MAX) family = from_af(static_cast<std::uint8_t>(*number));
    }
    if (attribute->type == WGALLOWEDIP_A_IPADDR) octets = attribute->payload;
    if (attribute->type == WGALLOWEDIP_A_CIDR_MASK) allowed.prefix_length = attribute->u8().value_or(0);
  }
  if (reader.malformed() || !family || octets.size() != address_bytes(*family)) return std::nullopt;
  if (allowed.prefix_length > max_prefix_length(*family)) return std::nullopt;
  allowed.address = to_address(*family, octets);
  return allowed;
}

bool decode_allowed_ips(ByteView nest, Limit limit, std::vector<AllowedIp>& list) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    const auto allowed = limit.allows() ? decode_allowed_ip(attribute->payload) : std::nullopt;
    if (!allowed) return false;
    list.push_back(*allowed);
  }
  return !reader.malformed();
}

void decode_scalar(const Attribute& attribute, Peer& peer) {
  switch (attribute.type) {
    case WGPEER_A_PUBLIC_KEY: peer.public_key = decode_key(attribute.payload).value_or(ByteBuffer{}); break;
    case WGPEER_A_PRESHARED_KEY: peer.preshared_key = decode_key(attribute.payload); break;
    case WGPEER_A_ENDPOINT: peer.endpoint = decode_endpoint(attribute.payload); break;
    case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL: peer.keepalive_seconds = attribute.u16().value_or(0); break;
    case WGPEER_A_LAST_HANDSHAKE_TIME: peer.last_handshake_ms = decode_handshake(attribute.payload); break;
    case WGPEER_A_RX_BYTES: peer.rx_bytes = load<std::uint64_t>(attribute.payload).value_or(0); break;
    case WGPEER_A_TX_BYTES: peer.tx_bytes = load<std::uint64_t>(attribute.payload).value_or(0); break;
    case WGPEER_A_PROTOCOL_VERSION: peer.protocol_version = attribute.u32().value_or(0); break;
    default: break;
  }
}

bool decode_peer(ByteView nest, Limit limit, Peer& peer) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    decode_scalar(*attribute, peer);
    if (attribute->type == WGPEER_A_ALLOWEDIPS && !decode_allowed_ips(attribute->payload, limit, peer.allowed_ips)) return false;
  }
  return !reader.malformed() && peer.public_key.size() == kKeyBytes;
}

void decode_scalar(const Attribute& attribute, Device& device) {
  switch (attribute.type) {
    case WGDEVICE_A_IFINDEX: device.ifindex = attribute.u32().value_or(0); break;
    case WGDEVICE_A_IFNAME: device.ifname = attribute.text(); break;
    case WGDEVICE_A_PRIVATE_KEY: device.private_key = decode_key(attribute.payload); break;
    case WGDEVICE_A_PUBLIC_KEY: device.public_key = decode_key(attribute.payload); break;
    case WGDEVICE_A_LISTEN_PORT: device.listen_port = attribute.u16().value_or(0); break;
    case WGDEVICE_A_FWMARK: device.fwmark = attribute.u32().value_or(0); break;
    default: break;
  }
}

}  // namespace

Status DeviceReader::add(const netlink::Message& message) {
  const auto generic = decode_generic(message);
  if (!generic) return malformed_device();
  // The first message alone describes the device; those that follow go on with its peers.
  AttributeReader reader(generic->attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type != WGDEVICE_A_PEERS) decode_scalar(*attribute, device_);
    else if (const auto added = add_peers(attribute->payload); !added.ok()) return added;
  }
  if (reader.malformed()) return malformed_device();
  return Done{};
}

Status DeviceReader::add_peers(ByteView nest) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    Peer peer;
    if (!decode_peer(attribute->payload, Limit(kMaxAllowedIps - allowed_ips_), peer)) return malformed_device();
    allowed_ips_ += peer.allowed_ips.size();
    std::vector<Peer>& peers = device_.peers;
    if (!peers.empty() && peers.back().public_key == peer.public_key) {
      auto& list = peers.back().allowed_ips;
      list.insert(list.end(), peer.allowed_ips.begin(), peer.allowed_ips.end());
      continue;
    }
    if (peers.size() == kMaxPeers) return malformed_device();
    peers.push_back(std::move(peer));
  }
  if (reader.malformed()) return malformed_device();
  return Done{};
}

Result<Device> DeviceReader::take() {
  if (device_.ifindex == 0 || device_.ifname.empty()) return malformed_device();
  return std::move(device_);
}

}  // namespace vn::genl::wireguard
