// What a watched descriptor is: the tag that epoll hands back. Pure.
#pragma once

#include <cstdint>

namespace vn::engine {

enum class Source : std::uint64_t { kMailbox = 1, kTimer, kEvents, kDump, kLock, kProbe, kDatagram, kSockets, kUevents,
                                    kGenericEvents, kGenericDump };

/// The source stands in the top byte; below it a probe's id (a safe integer has 53 bits) or a lock's index.
inline constexpr unsigned kSourceShift = 56;

constexpr std::uint64_t make_tag(Source source, std::uint64_t detail = 0) {
  return (static_cast<std::uint64_t>(source) << kSourceShift) | detail;
}

constexpr Source source_of(std::uint64_t tag) { return static_cast<Source>(tag >> kSourceShift); }
constexpr std::uint64_t detail_of(std::uint64_t tag) { return tag & ((std::uint64_t{1} << kSourceShift) - 1); }

}  // namespace vn::engine
