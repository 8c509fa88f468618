#include "genl/nl80211/scan.hh"

#include <linux/nl80211.h>

#include "genl/nl80211/element.hh"
#include "netlink/message_writer.hh"

namespace vn::genl::nl80211 {

namespace {

using netlink::MessageWriter;

/// Drivers take 4 to 20 (Wiphy::max_scan_ssids) and refuse more; this keeps the message small.
constexpr std::size_t kMaxScanSsids = 64;
/// More channels than all bands have.
constexpr std::size_t kMaxScanFrequencies = 512;

Failure refused_scan(const char* why) { return {EINVAL, "encode scan", why}; }

void put_ssids(MessageWriter& writer, const TriggerScan& command) {
  const std::size_t nest = writer.begin_nest(NL80211_ATTR_SCAN_SSIDS);
  std::uint16_t number = 0;
  // The empty one calls every network.
  writer.put(number, {});
  if (command.ssids) {
    for (const ScanSsid& each : *command.ssids) writer.put(++number, each.ssid);
  }
  writer.end_nest(nest);
}

void put_frequencies(MessageWriter& writer, const std::vector<std::uint32_t>& frequencies) {
  const std::size_t nest = writer.begin_nest(NL80211_ATTR_SCAN_FREQUENCIES);
  std::uint16_t number = 0;
  for (const std::uint32_t frequency : frequencies) writer.put_u32(number++, frequency);
  writer.end_nest(nest);
}

std::uint32_t flags_of(const TriggerScan& command) {
  std::uint32_t flags = 0;
  if (command.flush.value_or(false)) flags |= NL80211_SCAN_FLAG_FLUSH;
  if (command.low_priority.value_or(false)) flags |= NL80211_SCAN_FLAG_LOW_PRIORITY;
  if (command.ap.value_or(false)) flags |= NL80211_SCAN_FLAG_AP;
  if (command.random_address.value_or(false)) flags |= NL80211_SCAN_FLAG_RANDOM_ADDR;
  return flags;
}

Status check(const TriggerScan& command) {
  if (command.ssids) {
    if (command.passive.value_or(false)) return refused_scan("a passive scan calls no ssids");
    if (command.ssids->size() > kMaxScanSsids) return refused_scan("at most 64 ssids");
    for (const ScanSsid& each : *command.ssids) {
      if (each.ssid.empty() || each.ssid.size() > kMaxSsidBytes) return refused_scan("an SSID must have 1 to 32 bytes");
    }
  }
  if (!command.frequencies_mhz) return Done{};
  if (command.frequencies_mhz->empty()) return refused_scan("frequenciesMhz must not be empty");
  if (command.frequencies_mhz->size() > kMaxScanFrequencies) return refused_scan("at most 512 frequencies");
  return Done{};
}

}  // namespace

Result<ByteBuffer> encode(Target target, const TriggerScan& command) {
  if (const auto checked = check(command); !checked.ok()) return checked.failure();
  MessageWriter writer = begin_request(target, NL80211_CMD_TRIGGER_SCAN);
  writer.put_u32(NL80211_ATTR_IFINDEX, command.ifindex);
  if (!command.passive.value_or(false)) put_ssids(writer, command);
  if (command.frequencies_mhz) put_frequencies(writer, *command.frequencies_mhz);
  if (const std::uint32_t flags = flags_of(command); flags != 0) writer.put_u32(NL80211_ATTR_SCAN_FLAGS, flags);
  return writer.finish();
}

ByteBuffer encode_abort_scan(Target target, std::uint32_t ifindex) {
  MessageWriter writer = begin_request(target, NL80211_CMD_ABORT_SCAN);
  writer.put_u32(NL80211_ATTR_IFINDEX, ifindex);
  return writer.take();
}

}  // namespace vn::genl::nl80211
