// One rtnetlink message to one event. Pure; the fuzzers and the scripted-bytes tests enter here.
#pragma once

#include <optional>

#include "engine/messages.hh"
#include "netlink/message.hh"

namespace vn::engine {

/// No value: a message that is none of our nouns. Failure EBADMSG: cut short or inconsistent.
Result<std::optional<Event>> decode_event(const netlink::Message& message, double at_ms);

}  // namespace vn::engine
