#include "engine/generic_list.hh"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace vn::engine {

namespace {

namespace nl80211 = genl::nl80211;
namespace wireguard = genl::wireguard;

/// The peer with the allowed IPs from `from` on, at most `most` of them.
wireguard::Peer part_of(const wireguard::Peer& peer, std::size_t from, std::size_t most) {
  wireguard::Peer part = peer;
  part.allowed_ips.assign(peer.allowed_ips.begin() + static_cast<std::ptrdiff_t>(from),
                          peer.allowed_ips.begin() + static_cast<std::ptrdiff_t>(std::min(from + most, peer.allowed_ips.size())));
  return part;
}

std::vector<Event> split_device(wireguard::Device device) {
  const std::vector<wireguard::Peer> peers = std::exchange(device.peers, {});
  std::vector<Event> records;
  wireguard::Device piece = device;
  std::size_t allowed_ips = 0;
  const auto close = [&] {
    records.push_back({EventType::kWireguardDevice, 0, std::exchange(piece, device)});
    allowed_ips = 0;
  };
  for (const wireguard::Peer& peer : peers) {
    std::size_t from = 0;
    do {
      if (piece.peers.size() == GenericList::kPeersPerRecord || allowed_ips == GenericList::kAllowedIpsPerRecord) close();
      piece.peers.push_back(part_of(peer, from, GenericList::kAllowedIpsPerRecord - allowed_ips));
      from += piece.peers.back().allowed_ips.size();
      allowed_ips += piece.peers.back().allowed_ips.size();
    } while (from < peer.allowed_ips.size());
  }
  if (records.empty() || !piece.peers.empty()) close();
  return records;
}

}  // namespace

template <class Noun>
Status GenericList::keep(Result<std::optional<Noun>> noun, EventType type) {
  if (!noun.ok()) return noun.failure();
  if (!noun.value()) return Done{};
  if (records_.size() == kMaxRecords) return Failure{EMSGSIZE, "list", "too many records"};
  records_.push_back({type, 0, std::move(*noun.value())});
  return Done{};
}

Status GenericList::add(const netlink::Message& message) {
  switch (what_) {
    case GenericSubject::kRadios: return radios_.add(message);
    case GenericSubject::kWirelessInterfaces: return keep(nl80211::decode_interface(message), EventType::kWirelessInterface);
    case GenericSubject::kScanResults: return keep(nl80211::decode_bss(message), EventType::kBss);
    case GenericSubject::kStations: return keep(nl80211::decode_station(message), EventType::kWirelessStation);
    case GenericSubject::kRegulatoryDomains: return keep(nl80211::decode_reg(message), EventType::kRegulatoryDomain);
    case GenericSubject::kWireguardDevice: return device_.add(message);
  }
  std::abort();
}

Result<std::vector<Event>> GenericList::take() {
  if (what_ == GenericSubject::kWireguardDevice) {
    auto device = device_.take();
    if (!device.ok()) return device.failure();
    return split_device(std::move(device.value()));
  }
  for (nl80211::Wiphy& radio : radios_.take()) records_.push_back({EventType::kWiphy, 0, std::move(radio)});
  return std::move(records_);
}

}  // namespace vn::engine
