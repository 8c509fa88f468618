// A command for the kernel to the bytes of its request. Pure.
#pragma once

#include "engine/messages.hh"

namespace vn::engine {

/// True for what goes over the command socket; the rest the loop does itself.
bool is_kernel_write(CommandType type);
/// Only for kernel writes. Failure EINVAL names the field.
Result<ByteBuffer> encode_command(const Command& command);

}  // namespace vn::engine
