// Where a link's hardware sits, by sysfs. Loop thread only.
#pragma once

#include <cstdint>
#include <string>

namespace vn::engine {

/// '/devices/pci0000:00/…' or '/devices/virtual'; '' where unknown. /sys shows the namespace it was mounted in, which may
/// not be ours: so the file must carry the link's index.
std::string read_link_path(std::uint32_t ifindex, const std::string& ifname);

}  // namespace vn::engine
