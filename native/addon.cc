// The module's export table: everything that JavaScript can reach.
#include <napi.h>

#include "binding/engine_handle.hh"
#include "binding/schema.hh"

namespace {

/// Compared when the module is loaded: raise it when a message or a function changes.
constexpr int kAbi = 3;

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, vn::binding::open_engine, "open"));
  exports.Set("schema", vn::binding::make_schema(env));
  exports.Set("abi", Napi::Number::New(env, kAbi));
  return exports;
}

}  // namespace

NODE_API_MODULE(vintage_net, init)
