// The field tables as JavaScript reads them. JS thread only.
#pragma once

#include <napi.h>

namespace vn::binding {

/// { nouns, commands, events }: for each word its fields [{ name, type, optional, offset, presenceBit, valueBit, words?, of?,
/// elementBytes?, fields?, bytes? }, …] in the places of engine/record/layout.hh; the words in the order of their numbers.
/// `bytes` has the size of each fixed part.
Napi::Object make_schema(Napi::Env env);

}  // namespace vn::binding
