// Where a link's hardware sits, by sysfs. Loop thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vn::engine {

/// '/devices/pci0000:00/…' or '/devices/virtual'; '' where unknown. /sys shows the namespace it was mounted in, which may
/// not be ours: so the file must carry the link's index.
std::string read_link_path(std::uint32_t ifindex, const std::string& ifname);

/// The path in what /sys/class/net/IFNAME points to: without its way up, and without its end, /net/IFNAME. Pure.
std::string device_path(std::string_view target, const std::string& ifname);

}  // namespace vn::engine
