// The kernel's uevents: what hotplug tells (lib/kobject_uevent.c). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hh"
#include "base/result.hh"

namespace vn::uevent {

struct Property {
  std::string key;
  std::string value;
};

struct Uevent {
  /// 'add', 'remove', 'change', 'move', 'online', 'offline', 'bind', 'unbind'.
  std::string action;
  /// Below /sys.
  std::string devpath;
  /// 'net', 'tty', 'usb', 'ieee80211', …
  std::string subsystem;
  std::optional<std::string> devtype;
  /// Of the node below /dev: 'ttyUSB0', 'cdc-wdm0'.
  std::optional<std::string> devname;
  /// Of a link.
  std::optional<std::string> ifname;
  std::optional<std::uint32_t> ifindex;
  /// Counts the machine's uevents, over all namespaces.
  std::uint64_t seqnum = 0;
  /// The rest, in the kernel's order: DRIVER, PRODUCT, MAJOR, DEVPATH_OLD, …
  std::vector<Property> properties;
};

/// The kernel builds at most 64 (UEVENT_NUM_ENVP) in 2 KiB (UEVENT_BUFFER_SIZE), behind a header as long as a path.
inline constexpr std::size_t kMaxProperties = 64;
inline constexpr std::size_t kMaxUeventBytes = 8 * 1024;

/// Failure EBADMSG: no message of the kernel's (also udev's own format, which begins with "libudev"), or cut short.
Result<Uevent> decode_uevent(ByteView datagram);

}  // namespace vn::uevent
