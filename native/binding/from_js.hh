// JavaScript values to C++ values, by the field tables. JS thread only.
#pragma once

#include <napi.h>

#include <optional>
#include <vector>

#include "engine/engine_loop.hh"
#include "engine/messages.hh"

namespace vn::binding {

/// The commands; nothing, with a TypeError pending that names the field, where one has the wrong shape. Fields that the
/// engine does not know are passed over.
std::optional<std::vector<engine::Command>> commands_from_js(Napi::Env env, Napi::Value value);
/// The options of open(); nothing, with a TypeError pending, where one is wrong.
std::optional<engine::EngineOptions> options_from_js(Napi::Env env, Napi::Value value);

}  // namespace vn::binding
