#include <linux/if_link.h>

#include "rtnl/link.hh"

namespace vn::rtnl {

namespace {

/// The parts of IFLA_LINKINFO. The kinds need not stand before their data, so all are found first.
struct InfoParts {
  std::optional<std::string> kind;
  std::optional<ByteView> data;
  std::string slave_kind;
  std::optional<ByteView> slave_data;
};

InfoParts read_parts(ByteView link_info) {
  InfoParts parts;
  netlink::AttributeReader reader(link_info);
  while (const auto attribute = reader.next()) {
    switch (attribute->type) {
      case IFLA_INFO_KIND: parts.kind = attribute->text(); break;
      case IFLA_INFO_DATA: parts.data = attribute->payload; break;
      case IFLA_INFO_SLAVE_KIND: parts.slave_kind = attribute->text(); break;
      case IFLA_INFO_SLAVE_DATA: parts.slave_data = attribute->payload; break;
      default: break;
    }
  }
  return parts;
}

void decode_data(std::string_view kind, ByteView data, Link& link) {
  if (kind == "vlan") link.vlan = decode_vlan(data);
  else if (kind == "bridge") link.bridge = decode_bridge(data);
  else if (kind == "bond") link.bond = decode_bond(data);
  else if (kind == "macvlan") link.macvlan = decode_macvlan(data);
  else if (kind == "vrf") link.vrf = decode_vrf(data);
  else if (kind == "tun") link.tun = decode_tun(data);
}

}  // namespace

void decode_link_info(ByteView link_info, Link& link) {
  InfoParts parts = read_parts(link_info);
  if (parts.kind && parts.data) decode_data(*parts.kind, *parts.data, link);
  link.kind = std::move(parts.kind);
  if (!parts.slave_data) return;
  if (parts.slave_kind == "bridge") link.bridge_port = decode_bridge_port(*parts.slave_data);
  else if (parts.slave_kind == "bond") link.bond_port = decode_bond_port(*parts.slave_data);
}

}  // namespace vn::rtnl
