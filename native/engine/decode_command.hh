// One record of JavaScript's to one command. Pure; a fuzzer enters here.
#pragma once

#include "engine/messages.hh"
#include "engine/record/record_reader.hh"

namespace vn::engine {

/// Failure EINVAL: an unknown type or a malformed record.
Result<Command> decode_command(ByteView record);

/// The id in the head of a record, whatever its body; 0 where there is none.
Id id_of_record(ByteView record);

/// True where the bytes are whole records, one behind the other.
bool are_whole_records(ByteView bytes);

}  // namespace vn::engine
