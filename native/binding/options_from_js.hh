// The options of open() as JavaScript gives them. JS thread only.
#pragma once

#include <napi.h>

#include <optional>

#include "engine/engine_loop.hh"

namespace vn::binding {

/// Nothing, with a TypeError pending that names the option, where one is wrong.
std::optional<engine::EngineOptions> options_from_js(Napi::Env env, Napi::Value value);

}  // namespace vn::binding
