#include "engine/generic_events.hh"

#include <linux/netlink.h>
#include <linux/nl80211.h>

#include <type_traits>
#include <utility>

#include "base/clock.hh"

namespace vn::engine {

namespace {

namespace nl80211 = genl::nl80211;

/// Frames of the management of access points are the longest, a few KiB; what is longer counts as lost.
constexpr std::size_t kGenericDatagramBytes = 16 * 1024;
/// The receive buffer counts at least this much for a datagram (struct sk_buff and its data).
constexpr std::size_t kMinGenericQueuedBytes = 512;
constexpr const char* kGroups[] = {NL80211_MULTICAST_GROUP_SCAN, NL80211_MULTICAST_GROUP_MLME, NL80211_MULTICAST_GROUP_REG,
                                   NL80211_MULTICAST_GROUP_CONFIG};

constexpr EventType type_of(const nl80211::ScanEvent&) { return EventType::kScan; }
constexpr EventType type_of(const nl80211::ConnectionEvent&) { return EventType::kConnection; }
constexpr EventType type_of(const nl80211::InterfaceAdded&) { return EventType::kInterface; }
constexpr EventType type_of(const nl80211::InterfaceGone&) { return EventType::kInterfaceGone; }
constexpr EventType type_of(const nl80211::StationAdded&) { return EventType::kStation; }
constexpr EventType type_of(const nl80211::StationGone&) { return EventType::kStationGone; }
constexpr EventType type_of(const nl80211::RegulatoryEvent&) { return EventType::kRegulatory; }
constexpr EventType type_of(const nl80211::SignalEvent&) { return EventType::kSignal; }

Event lost() { return {EventType::kWirelessOverrun, now_ms(), WirelessOverrun{}}; }

}  // namespace

Status GenericEvents::follow() {
  if (socket_) return Done{};
  netlink::SocketOptions options;
  options.protocol = NETLINK_GENERIC;
  options.receive_buffer_bytes = receive_buffer_bytes_;
  auto socket = netlink::Socket::open(options);
  if (!socket.ok()) return socket.failure();
  // The controller first: a family that comes from here on is told.
  const Status joined = socket.value().join(genl::kControllerGroup);
  if (!joined.ok()) return joined;
  socket_.emplace(std::move(socket.value()));
  receiver_.emplace(kDatagramsPerRead, kGenericDatagramBytes);
  max_queued_datagrams_ = static_cast<std::size_t>(socket_->receive_buffer_bytes()) / kMinGenericQueuedBytes + kDatagramsPerRead;
  const auto groups = join();
  const Status watched = groups.ok() ? set_reading(true) : Status{groups.failure()};
  if (watched.ok()) return Done{};
  watched_ = false;
  socket_.reset();
  return watched;
}

Result<bool> GenericEvents::join() {
  family_id_ = 0;
  const auto family = families_.find(NL80211_GENL_NAME);
  if (!family.ok()) {
    if (family.failure().error_number == EPROTONOSUPPORT) return false;
    return family.failure();
  }
  for (const char* name : kGroups) {
    const auto group = family.value().group_id(name);
    if (!group) continue;
    const Status joined = socket_->join(*group);
    if (!joined.ok()) return joined.failure();
  }
  family_id_ = family.value().id;
  return true;
}

Result<GenericEvents::Round> GenericEvents::read() {
  Round round;
  if (!socket_) return round;
  const auto count = receiver_->receive(*socket_);
  if (!count.ok()) {
    if (count.failure().error_number != ENOBUFS) return count.failure();
    // The controller's words may be among what was lost.
    rejoin(round);
    if (round.events.empty()) round.events.push_back(lost());
    round.full = true;  // what did fit waits behind the error
    return round;
  }
  for (std::size_t i = 0; i < count.value(); ++i) {
    if (receiver_->truncated(i)) {
      round.events.push_back(lost());
      continue;
    }
    netlink::MessageReader reader(receiver_->datagram(i));
    while (const auto message = reader.next()) hear(*message, round);
  }
  round.full = count.value() == kDatagramsPerRead;
  return round;
}

void GenericEvents::hear(const netlink::Message& message, Round& round) {
  if (message.type == genl::kControllerId) return hear_family(message, round);
  if (family_id_ == 0 || message.type != family_id_) return;
  auto event = nl80211::decode_event(message);
  // What cannot be read may have been important.
  if (!event.ok()) round.events.push_back(lost());
  else if (event.value()) {
    std::visit([&](auto& body) { round.events.push_back({type_of(body), now_ms(), std::move(body)}); }, *event.value());
  }
}

void GenericEvents::hear_family(const netlink::Message& message, Round& round) {
  const auto event = genl::decode_family_event(message);
  if (!event.ok()) return rejoin(round);
  if (!event.value() || event.value()->family.name != NL80211_GENL_NAME) return;
  families_.forget(NL80211_GENL_NAME);
  switch (event.value()->type) {
    // Asking now would make the kernel load the module again.
    case genl::FamilyEventType::kGone: family_id_ = 0; return;
    case genl::FamilyEventType::kGroupsGone: return;
    case genl::FamilyEventType::kAdded:
    case genl::FamilyEventType::kGroupsAdded: return rejoin(round);
  }
}

/// Between the family's coming and the joining nobody listened. Where joining fails, the next change tries again, and
/// whoever listens asks.
void GenericEvents::rejoin(Round& round) {
  const std::uint16_t before = family_id_;
  families_.forget(NL80211_GENL_NAME);
  const auto joined = join();
  const bool there = joined.ok() && joined.value();
  if (!joined.ok() || (there && family_id_ != before)) round.events.push_back(lost());
}

Status GenericEvents::set_reading(bool on) {
  if (!socket_ || watched_ == on) return Done{};
  watched_ = on;
  if (on) return loop_.watch(socket_->fd(), EPOLLIN, make_tag(source_));
  loop_.unwatch(socket_->fd());
  return Done{};
}

}  // namespace vn::engine
