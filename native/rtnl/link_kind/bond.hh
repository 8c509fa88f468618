// The attributes of bonds and of their ports (IFLA_BOND_*, IFLA_BOND_SLAVE_* of linux/if_link.h). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/mac_address.hh"
#include "netlink/message_writer.hh"

namespace vn::rtnl {

/// Each numbered as in linux/if_bonding.h and drivers/net/bonding/bond_options.c.
enum class BondMode : std::uint8_t {
  kBalanceRr, kActiveBackup, kBalanceXor, kBroadcast, k8023Ad, kBalanceTlb, kBalanceAlb,
};
enum class XmitHashPolicy : std::uint8_t { kLayer2, kLayer34, kLayer23, kEncap23, kEncap34, kVlanSourceMac };
enum class LacpRate : std::uint8_t { kSlow, kFast };
enum class AdSelect : std::uint8_t { kStable, kBandwidth, kCount };
enum class PrimaryReselect : std::uint8_t { kAlways, kBetter, kFailure };
enum class FailOverMac : std::uint8_t { kNone, kActive, kFollow };

/// Absent: unknown when decoded, left alone when encoded.
struct Bond {
  std::optional<BondMode> mode;
  std::optional<std::uint32_t> miimon_ms;
  std::optional<std::uint32_t> up_delay_ms;
  std::optional<std::uint32_t> down_delay_ms;
  std::optional<std::uint32_t> peer_notify_delay_ms;
  std::optional<std::uint32_t> arp_interval_ms;
  /// Indices; 0 means none.
  std::optional<std::uint32_t> active_slave;
  std::optional<std::uint32_t> primary;
  std::optional<PrimaryReselect> primary_reselect;
  std::optional<FailOverMac> fail_over_mac;
  std::optional<XmitHashPolicy> xmit_hash_policy;
  std::optional<LacpRate> lacp_rate;
  std::optional<AdSelect> ad_select;
  std::optional<std::uint32_t> min_links;
  std::optional<bool> all_slaves_active;
  std::optional<std::uint32_t> resend_igmp;
  std::optional<std::uint32_t> packets_per_slave;
  std::optional<bool> tlb_dynamic_balancing;
};

/// Numbered as BOND_STATE_*.
enum class BondPortState : std::uint8_t { kActive, kBackup };

struct BondPort {
  std::optional<BondPortState> state;
  std::optional<MacAddress> permanent_mac_address;
  std::optional<std::uint16_t> queue_id;
  std::optional<std::int32_t> priority;
};

Bond decode_bond(ByteView info_data);
BondPort decode_bond_port(ByteView slave_data);
void put(netlink::MessageWriter& writer, const Bond& bond);

}  // namespace vn::rtnl
