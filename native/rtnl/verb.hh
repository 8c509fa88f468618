// What a command does to an object of the kernel, and the netlink flags for it.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <cstdlib>

namespace vn::rtnl {

enum class Verb : std::uint8_t { kAdd, kReplace, kDelete };

/// Add refuses what exists (EEXIST), replace takes its place, delete wants it there. Each is acknowledged.
constexpr std::uint16_t request_flags(Verb verb) {
  switch (verb) {
    case Verb::kAdd: return NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    case Verb::kReplace: return NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
    case Verb::kDelete: return NLM_F_REQUEST | NLM_F_ACK;
  }
  std::abort();
}

}  // namespace vn::rtnl
