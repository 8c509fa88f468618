// The engine as JavaScript holds it. JS thread, but for the doorbell.
#pragma once

#include <napi.h>

namespace vn::binding {

/// open(options, inbox, onBatch) → { send(records, urgent), close() }. `inbox` is a Uint8Array that JavaScript keeps its hands
/// off: records are put into it, and onBatch(bytes) is called for each filling. `send` copies `records`, a Uint8Array of
/// whole records. Throws TypeError for a wrong shape, Error with errno, code and operation where the engine cannot open.
Napi::Value open_engine(const Napi::CallbackInfo& info);

}  // namespace vn::binding
