// Field tables of uevents; lib/kernel/uevents.ts says the same.
#pragma once

#include "engine/fields/field.hh"
#include "uevent/uevent.hh"

namespace vn::engine {

template <> struct Fields<uevent::Property> {
  using T = uevent::Property;
  static constexpr auto kTable = std::make_tuple(field("key", &T::key), field("value", &T::value));
};
template <> struct Fields<uevent::Uevent> {
  using T = uevent::Uevent;
  static constexpr auto kTable = std::make_tuple(
      field("action", &T::action), field("devpath", &T::devpath), field("subsystem", &T::subsystem),
      field("devtype", &T::devtype), field("devname", &T::devname), field("ifname", &T::ifname),
      field("ifindex", &T::ifindex), field("seqnum", &T::seqnum), field("properties", &T::properties));
};

}  // namespace vn::engine
