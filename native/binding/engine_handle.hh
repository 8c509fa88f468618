// The engine as JavaScript holds it. JS thread, but for the doorbell.
#pragma once

#include <napi.h>

namespace vn::binding {

/// open(options, onBatch) → { send(commands), close() }. Throws TypeError for a wrong shape, Error with errno, code and
/// operation where the engine cannot open.
Napi::Value open_engine(const Napi::CallbackInfo& info);

}  // namespace vn::binding
