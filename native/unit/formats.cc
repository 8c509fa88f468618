// One of the units that are compiled: all but the engine itself, from base/ to probe/.

#include "base/errno_name.cc"
#include "base/ip_address.cc"
#include "base/mac_address.cc"

#include "netlink/acknowledgement.cc"
#include "netlink/message_writer.cc"
#include "netlink/socket.cc"
#include "netlink/transaction.cc"

#include "rtnl/address.cc"
#include "rtnl/link_decode.cc"
#include "rtnl/link_encode.cc"
#include "rtnl/link_info_decode.cc"

#include "rtnl/link_kind/bond.cc"
#include "rtnl/link_kind/bridge.cc"
#include "rtnl/link_kind/macvlan.cc"
#include "rtnl/link_kind/tun.cc"
#include "rtnl/link_kind/vlan.cc"
#include "rtnl/link_kind/vrf.cc"

#include "rtnl/nd_option.cc"
#include "rtnl/neighbour.cc"
#include "rtnl/nexthop_object.cc"
#include "rtnl/route_decode.cc"
#include "rtnl/route_encode.cc"
#include "rtnl/rule_decode.cc"
#include "rtnl/rule_encode.cc"

#include "genl/family.cc"
#include "genl/message.cc"

#include "genl/nl80211/bss.cc"
#include "genl/nl80211/command.cc"
#include "genl/nl80211/element.cc"
#include "genl/nl80211/event.cc"
#include "genl/nl80211/interface.cc"
#include "genl/nl80211/reg.cc"
#include "genl/nl80211/scan.cc"
#include "genl/nl80211/station.cc"
#include "genl/nl80211/suite.cc"
#include "genl/nl80211/wiphy.cc"
#include "genl/nl80211/wiphy_nest.cc"
#include "genl/nl80211/words.cc"

#include "genl/wireguard/device_decode.cc"
#include "genl/wireguard/device_encode.cc"

#include "diag/tcp_socket_decode.cc"
#include "diag/tcp_socket_encode.cc"

#include "uevent/uevent.cc"
#include "uevent/uevent_socket.cc"

#include "datagram/device_endpoint.cc"
#include "datagram/unix_endpoint.cc"

#include "probe/tcp_probe.cc"
