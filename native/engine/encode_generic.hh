// Commands of generic netlink as requests. Pure.
#pragma once

#include <vector>

#include "engine/messages.hh"

namespace vn::engine {

/// True for what a family of generic netlink carries out and acknowledges.
bool is_generic_write(CommandType type);
/// The family that it is for.
const char* family_of(CommandType type);
const char* family_of(GenericSubject subject);

/// The requests to send in this order, each one acknowledged. A WireGuard device with many peers takes several.
Result<std::vector<ByteBuffer>> encode_generic(const Command& command, std::uint16_t family_id);
/// The request for a list. EINVAL where the subject wants an ifindex.
Result<ByteBuffer> encode_list(const ListGeneric& list, std::uint16_t family_id);

}  // namespace vn::engine
