// Numbers of the wire format that more than one message knows.
#pragma once

#include <cstdint>

namespace vn::rtnl {

/// An octet holds the weight of a nexthop, less one; nexthop objects have had a second octet since kernel 6.12.
inline constexpr std::uint16_t kMaxWeight = 256;
/// Tables beyond stand in RTA_TABLE or FRA_TABLE alone: the header's own field is an octet.
inline constexpr std::uint32_t kMaxShortTable = 255;
/// FRA_DSCP of linux/fib_rules.h, kernel 6.13; older headers lack it.
inline constexpr std::uint16_t kFraDscp = 25;

}  // namespace vn::rtnl
