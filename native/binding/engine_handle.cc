#include "binding/engine_handle.hh"

#include <memory>
#include <string>
#include <utility>

#include "base/errno_name.hh"
#include "binding/from_js.hh"
#include "binding/to_js.hh"
#include "engine/engine.hh"

namespace vn::binding {

namespace {

class EngineHandle;

void deliver(Napi::Env env, Napi::Function on_batch, EngineHandle* handle, void* data);

/// Referenced while open: an open engine keeps the process alive.
using Doorbell = Napi::TypedThreadSafeFunction<EngineHandle, void, deliver>;

/// One open engine of one environment. Shared by the functions of JavaScript's handle and by the thread-safe function,
/// whose finalizer comes last. Opening goes: thread-safe function, cleanup hook, thread; ending goes the other way.
class EngineHandle {
 public:
  EngineHandle(Napi::Env env, engine::EngineOptions options)
      : env_(env), engine_(std::move(options), [this] { ring(); }) {}
  EngineHandle(const EngineHandle&) = delete;
  EngineHandle& operator=(const EngineHandle&) = delete;

  static Status open(const std::shared_ptr<EngineHandle>& handle, Napi::Function on_batch) {
    auto* keeper = new std::shared_ptr<EngineHandle>(handle);  // owned by the finalizer below
    handle->doorbell_ = Doorbell::New(
        handle->env_, on_batch, "vintage-net", 0, 1, handle.get(),
        [](Napi::Env, std::shared_ptr<EngineHandle>* kept, EngineHandle*) { delete kept; }, keeper);
    handle->open_ = true;
#ifdef VN_NO_CLEANUP_HOOK  // the build by which the lifetime tests show that they notice: the engine outlives its environment
    (void)new std::shared_ptr<EngineHandle>(handle);
#else
    // Hooks run last in, first out: ours before that of the thread-safe function.
    napi_add_env_cleanup_hook(handle->env_, on_env_cleanup, handle.get());
#endif
    Status opened = handle->engine_.open();
    if (!opened.ok()) handle->close();
    return opened;
  }

  bool is_open() const { return open_; }
  engine::Engine& engine() { return engine_; }

  /// Stops the loop, waits for its thread, lets go. Harmless when called again, also inside onBatch: the loop never waits for us.
  void close() {
    if (!std::exchange(open_, false)) return;
    napi_remove_env_cleanup_hook(env_, on_env_cleanup, this);
    engine_.close();
    doorbell_.Release();
  }

 private:
  static void on_env_cleanup(void* handle) { static_cast<EngineHandle*>(handle)->close(); }

  /// Loop thread. Refused only while the environment ends, when nobody listens.
  void ring() { (void)doorbell_.NonBlockingCall(); }

  Napi::Env env_;
  bool open_ = false;
  Doorbell doorbell_;
  engine::Engine engine_;
};

/// Node only warns (DEP0168) when a thread-safe function's callback throws: an error in onBatch must be as loud as any
/// other. A worker that is being terminated leaves null, which nobody threw.
void report_exception(Napi::Env env) {
  napi_value error = nullptr;
  napi_valuetype type = napi_undefined;
  if (!env.IsExceptionPending() || napi_get_and_clear_last_exception(env, &error) != napi_ok) return;
  if (napi_typeof(env, error, &type) != napi_ok || type == napi_null || type == napi_undefined) return;
  (void)napi_fatal_exception(env, error);
}

/// `env` is null where the environment ends before the bell is answered.
void deliver(Napi::Env env, Napi::Function on_batch, EngineHandle* handle, void*) {
  if (env == nullptr || !handle->is_open()) return;
  const Napi::HandleScope scope(env);
  const std::vector<engine::Event> events = handle->engine().take_events();
  if (events.empty()) return;
  const Napi::Array batch = to_js(env, events);
  // A worker that is being terminated fails every call: then there is nobody to tell.
  if (!env.IsExceptionPending()) on_batch.Call({batch});
  report_exception(env);
}

void throw_failure(Napi::Env env, const Failure& failure) {
  const char* code = errno_name(failure.error_number);
  std::string message = std::string(failure.operation) + ": " + code;
  if (!failure.detail.empty()) message += ": " + failure.detail;
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("errno", Napi::Number::New(env, failure.error_number));
  error.Set("code", Napi::String::New(env, code));
  error.Set("operation", Napi::String::New(env, failure.operation));
  error.ThrowAsJavaScriptException();
}

Napi::Value send(const std::shared_ptr<EngineHandle>& handle, const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto commands = commands_from_js(env, info[0]);
  if (!commands) return env.Undefined();
  if (!handle->is_open()) throw_failure(env, {EBADF, "send", "the engine is closed"});
  else if (!handle->engine().send(std::move(*commands))) throw_failure(env, {ENOBUFS, "send", "too many commands wait"});
  return env.Undefined();
}

}  // namespace

Napi::Value open_engine(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto options = options_from_js(env, info[0]);
  if (!options) return env.Undefined();
  if (!info[1].IsFunction()) {
    Napi::TypeError::New(env, "onBatch must be a function").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const auto handle = std::make_shared<EngineHandle>(env, std::move(*options));
  const Status opened = EngineHandle::open(handle, info[1].As<Napi::Function>());
  if (!opened.ok()) {
    throw_failure(env, opened.failure());
    return env.Undefined();
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("send", Napi::Function::New(env, [handle](const Napi::CallbackInfo& call) { return send(handle, call); }, "send"));
  object.Set("close", Napi::Function::New(env, [handle](const Napi::CallbackInfo&) { handle->close(); }, "close"));
  return object;
}

}  // namespace vn::binding
