// What a dump of generic netlink tells, message by message, as records. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/messages.hh"
#include "netlink/message.hh"

namespace vn::engine {

/// Gathers one dump. Radios and WireGuard devices come in pieces, which are put together here.
class GenericList {
 public:
  /// Stations of an access point are at most 2,007, networks in range some hundred.
  static constexpr std::size_t kMaxRecords = 65'536;
  /// A device is handed over in records of at most so many peers and allowed IPs: the longest record must fit in the inbox.
  static constexpr std::size_t kPeersPerRecord = 128;
  static constexpr std::size_t kAllowedIpsPerRecord = 512;

  explicit GenericList(GenericSubject what = GenericSubject::kRadios) : what_(what) {}

  /// EBADMSG: malformed; EMSGSIZE: too many.
  Status add(const netlink::Message& message);
  /// Behind the last message. A WireGuard device's peers go on in its next record: the last peer of one and the first of the
  /// next may be the same, with more of its allowed IPs.
  Result<std::vector<Event>> take();

 private:
  template <class Noun>
  Status keep(Result<std::optional<Noun>> noun, EventType type);

  GenericSubject what_;
  std::vector<Event> records_;
  genl::nl80211::WiphyReader radios_;
  genl::wireguard::DeviceReader device_;
};

}  // namespace vn::engine
