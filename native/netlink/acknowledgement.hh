// The kernel's answer to one request: NLMSG_ERROR with its extended-ack text (Documentation/userspace-api/netlink). Pure.
#pragma once

#include <optional>
#include <string>

#include "netlink/message.hh"

namespace vn::netlink {

struct Acknowledgement {
  /// 0 or a positive errno.
  int error_number = 0;
  /// NLMSGERR_ATTR_MSG; '' where the kernel gave none.
  std::string text;
};

/// Decodes NLMSG_ERROR, and NLMSG_DONE, which carries the error of a dump that ended early. Nothing where it is cut short.
std::optional<Acknowledgement> decode_acknowledgement(const Message& message);

}  // namespace vn::netlink
