// What decoders have in common. Pure.
#pragma once

#include <optional>
#include <utility>

#include "base/result.hh"
#include "netlink/message.hh"

namespace vn::rtnl {

/// A noun decoded in its place, as a value of its own; none where `decode` says false.
template <class Noun>
Result<std::optional<Noun>> decoded(Result<bool> (*decode)(const netlink::Message&, Noun&), const netlink::Message& message) {
  Noun noun;
  const auto known = decode(message, noun);
  if (!known.ok()) return known.failure();
  if (!known.value()) return std::optional<Noun>{};
  return std::optional<Noun>{std::move(noun)};
}

}  // namespace vn::rtnl
