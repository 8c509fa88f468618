// C++ values to JavaScript values, by the field tables. JS thread only.
#pragma once

#include <napi.h>

#include <vector>

#include "engine/messages.hh"

namespace vn::binding {

/// An array of plain objects, one for each event; empty where JavaScript is being torn down.
Napi::Array to_js(Napi::Env env, const std::vector<engine::Event>& events);
/// The field tables: { link: [{ name, type, optional, words? , of? }, …], … }.
Napi::Object make_schema(Napi::Env env);

}  // namespace vn::binding
