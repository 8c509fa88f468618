#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "check.hh"
#include "netlink/message_writer.hh"
#include "rtnl/link.hh"

using namespace vn;
using namespace vn::rtnl;

namespace {

AddLink of_kind(const char* kind) {
  AddLink command;
  command.ifname = "x0";
  command.kind = kind;
  command.ifindex = 7;
  return command;
}

ByteBuffer bytes_of(const AddLink& command) {
  const auto bytes = encode(command);
  REQUIRE(bytes.ok());
  return bytes.value();
}

Link decode(const ByteBuffer& bytes) {
  const auto link = decode_link(check::first_message(bytes));
  REQUIRE(link.ok());
  REQUIRE(link.value().has_value());
  return *link.value();
}

/// A whole command with every attribute of the kind.
std::vector<AddLink> full_commands() {
  AddLink vlan = of_kind("vlan");
  vlan.parent = 3;
  vlan.vlan = Vlan{100, VlanProtocol::k8021Ad, true, false, true, false, true};
  AddLink bridge = of_kind("bridge");
  bridge.bridge = Bridge{true, 4'000, 1'000, 10'000, 30'000, 4'096, true, VlanProtocol::k8021Q, 5, false, true, 8};
  AddLink bond = of_kind("bond");
  bond.bond = Bond{BondMode::k8023Ad, 100, 200, 300, 400, 0, 8, 9, PrimaryReselect::kBetter, FailOverMac::kFollow,
                   XmitHashPolicy::kLayer34, LacpRate::kFast, AdSelect::kCount, 2, true, 3, 4, false};
  AddLink macvlan = of_kind("macvlan");
  macvlan.parent = 3;
  macvlan.macvlan = Macvlan{MacvlanMode::kPassthru};
  AddLink vrf = of_kind("vrf");
  vrf.vrf = Vrf{1'000};
  return {vlan, bridge, bond, macvlan, vrf};
}

/// RTM_NEWLINK with IFLA_LINKINFO of the kind, or of a port of the master's kind, and one attribute of it.
ByteBuffer with_attribute(bool port, const char* kind, std::uint16_t type, ByteView payload) {
  ifinfomsg header{};
  header.ifi_index = 7;
  netlink::MessageWriter writer(RTM_NEWLINK, 0, header);
  writer.put_text(IFLA_IFNAME, "x0");
  const std::size_t info = writer.begin_nest(IFLA_LINKINFO);
  const std::size_t data = writer.begin_nest(port ? IFLA_INFO_SLAVE_DATA : IFLA_INFO_DATA);
  writer.put(type, payload);
  writer.end_nest(data);
  writer.put_text(port ? IFLA_INFO_SLAVE_KIND : IFLA_INFO_KIND, kind);
  writer.end_nest(info);
  return writer.take();
}

}  // namespace

TEST_CASE("every attribute of a kind comes back as it was asked for") {
  const auto commands = full_commands();
  const Vlan vlan = *decode(bytes_of(commands[0])).vlan;
  CHECK(vlan.id == 100);
  CHECK(vlan.protocol == VlanProtocol::k8021Ad);
  CHECK(vlan.reorder_header == true);
  CHECK(vlan.gvrp == false);
  CHECK(vlan.mvrp == true);
  CHECK(vlan.loose_binding == false);
  CHECK(vlan.bridge_binding == true);
  CHECK(decode(bytes_of(commands[0])).parent == 3U);
  const Bridge bridge = *decode(bytes_of(commands[1])).bridge;
  CHECK(bridge.stp == true);
  CHECK(bridge.forward_delay_ms == 4'000U);
  CHECK(bridge.hello_time_ms == 1'000U);
  CHECK(bridge.max_age_ms == 10'000U);
  CHECK(bridge.ageing_time_ms == 30'000U);
  CHECK(bridge.priority == 4'096);
  CHECK(bridge.vlan_filtering == true);
  CHECK(bridge.vlan_protocol == VlanProtocol::k8021Q);
  CHECK(bridge.vlan_default_pvid == 5);
  CHECK(bridge.multicast_snooping == false);
  CHECK(bridge.multicast_querier == true);
  CHECK(bridge.group_forward_mask == 8);
  CHECK(decode(bytes_of(commands[3])).macvlan->mode == MacvlanMode::kPassthru);
  CHECK(decode(bytes_of(commands[4])).vrf->table == 1'000U);
}

TEST_CASE("every attribute of a bond comes back as it was asked for") {
  const Bond bond = *decode(bytes_of(full_commands()[2])).bond;
  CHECK(bond.mode == BondMode::k8023Ad);
  CHECK(bond.miimon_ms == 100U);
  CHECK(bond.up_delay_ms == 200U);
  CHECK(bond.down_delay_ms == 300U);
  CHECK(bond.peer_notify_delay_ms == 400U);
  CHECK(bond.arp_interval_ms == 0U);
  CHECK(bond.active_slave == 8U);
  CHECK(bond.primary == 9U);
  CHECK(bond.primary_reselect == PrimaryReselect::kBetter);
  CHECK(bond.fail_over_mac == FailOverMac::kFollow);
  CHECK(bond.xmit_hash_policy == XmitHashPolicy::kLayer34);
  CHECK(bond.lacp_rate == LacpRate::kFast);
  CHECK(bond.ad_select == AdSelect::kCount);
  CHECK(bond.min_links == 2U);
  CHECK(bond.all_slaves_active == true);
  CHECK(bond.resend_igmp == 3U);
  CHECK(bond.packets_per_slave == 4U);
  CHECK(bond.tlb_dynamic_balancing == false);
}

TEST_CASE("a kind cut at any byte is safe") {
  for (const AddLink& command : full_commands()) {
    check::for_each_cut(bytes_of(command), [](const netlink::Message& cut) { (void)decode_link(cut).ok(); });
  }
  SetLink port;
  port.ifindex = 7;
  port.name = "x0";
  port.bridge_port = BridgePort{BridgePortState::kBlocking, 7, 3, true, true, true, true, false, false, false, false, true, true};
  const auto bytes = encode(port);
  REQUIRE(bytes.ok());
  check::for_each_cut(bytes.value(), [](const netlink::Message& cut) { (void)decode_link(cut).ok(); });
}

TEST_CASE("a change of a kind's attributes is a new link without create, as only that reads them") {
  SetLink command;
  command.ifindex = 7;
  command.name = "x0";
  command.bridge_port = BridgePort{BridgePortState::kForwarding, 7, 3, true, {}, {}, {}, false, {}, {}, {}, true, {}};
  const auto bytes = encode(command);
  REQUIRE(bytes.ok());
  const auto message = check::first_message(bytes.value());
  CHECK(message.type == RTM_NEWLINK);
  CHECK(message.flags == (NLM_F_REQUEST | NLM_F_ACK));
  const Link link = decode(bytes.value());
  REQUIRE(link.bridge_port.has_value());
  CHECK(link.bridge_port->state == BridgePortState::kForwarding);
  CHECK(link.bridge_port->cost == 7U);
  CHECK(link.bridge_port->priority == 3);
  CHECK(link.bridge_port->hairpin == true);
  CHECK(link.bridge_port->learning == false);
  CHECK(link.bridge_port->isolated == true);
  CHECK_FALSE(link.bridge_port->bpdu_guard.has_value());
  CHECK_FALSE(link.kind.has_value());
}

TEST_CASE("words that nobody knows, and attributes too short, stay absent") {
  const std::uint8_t seven = 7;
  const std::uint32_t two_modes = MACVLAN_MODE_VEPA | MACVLAN_MODE_BRIDGE;
  CHECK_FALSE(decode(with_attribute(false, "bond", IFLA_BOND_MODE, view_of(seven))).bond->mode.has_value());
  CHECK_FALSE(decode(with_attribute(false, "bond", IFLA_BOND_MIIMON, view_of(seven))).bond->miimon_ms.has_value());
  CHECK_FALSE(decode(with_attribute(false, "macvlan", IFLA_MACVLAN_MODE, view_of(two_modes))).macvlan->mode.has_value());
  CHECK_FALSE(decode(with_attribute(false, "vlan", IFLA_VLAN_PROTOCOL, view_of(seven))).vlan->protocol.has_value());
  CHECK_FALSE(decode(with_attribute(true, "bridge", IFLA_BRPORT_STATE, view_of(seven))).bridge_port->state.has_value());
  CHECK_FALSE(decode(with_attribute(false, "nobody", 1, view_of(seven))).bridge.has_value());
}

TEST_CASE("tun links and ports of bonds are decoded") {
  const std::uint8_t tap = 2;
  CHECK(decode(with_attribute(false, "tun", IFLA_TUN_TYPE, view_of(tap))).tun->mode == TunMode::kTap);
  const std::uint8_t backup = 1;
  CHECK(decode(with_attribute(true, "bond", IFLA_BOND_SLAVE_STATE, view_of(backup))).bond_port->state == BondPortState::kBackup);
  const MacAddress mac = check::mac("02:00:00:00:00:07");
  const Link port = decode(with_attribute(true, "bond", IFLA_BOND_SLAVE_PERM_HWADDR, mac.bytes()));
  CHECK(port.bond_port->permanent_mac_address == mac);
}

TEST_CASE("attributes of another kind, or of two, are refused") {
  AddLink command = of_kind("bridge");
  command.vlan = Vlan{1, {}, {}, {}, {}, {}, {}};
  CHECK(encode(command).failure().detail == "the attributes are not those of kind");
  command.bridge = Bridge{};
  CHECK(encode(command).failure().error_number == EINVAL);
  command = of_kind("dummy");
  command.peer = VethPeer{"x1", {}};
  CHECK(encode(command).failure().detail == "peer is only for veth");
}
