#include "binding/engine_handle.hh"

#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/errno_name.hh"
#include "binding/options_from_js.hh"
#include "engine/decode_command.hh"
#include "engine/engine.hh"

namespace vn::binding {

namespace {

class EngineHandle;

/// The longest record: a route with 512 nexthops or a datagram of 64 KiB, twice.
constexpr std::size_t kMinInboxBytes = 128 * 1024;

void deliver(Napi::Env env, Napi::Function on_batch, EngineHandle* handle, void* data);

/// Referenced while open: an open engine keeps the process alive.
using Doorbell = Napi::TypedThreadSafeFunction<EngineHandle, void, deliver>;

/// Node only warns (DEP0168) when a thread-safe function's callback throws: an error in onBatch must be as loud as any
/// other. A worker that is being terminated fails every call and leaves
/// null, which nobody threw.
void report_exception(Napi::Env env) {
  napi_value error = nullptr;
  napi_valuetype type = napi_undefined;
  if (!env.IsExceptionPending() || napi_get_and_clear_last_exception(env, &error) != napi_ok) return;
  if (napi_typeof(env, error, &type) != napi_ok || type == napi_null || type == napi_undefined) return;
  (void)napi_fatal_exception(env, error);
}

/// One open engine of one environment. Shared by the functions of JavaScript's handle and by the thread-safe function,
/// whose finalizer comes last. Opening goes: thread-safe function, cleanup hook, thread; ending goes the other way.
class EngineHandle {
 public:
  EngineHandle(Napi::Env env, engine::EngineOptions options, Napi::Uint8Array inbox)
      : env_(env), inbox_(Napi::Persistent(inbox)), engine_(std::move(options), [this] { ring(); }) {}
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

  /// Fetches what waits and hands it over in pieces of whole records that fit in the inbox. `on_batch` may close us.
  void deliver_to(Napi::Function on_batch) {
    engine_.take_events(events_);
    for (ByteView rest = events_; !rest.empty() && open_;) {
      Napi::Uint8Array inbox = inbox_.Value();
      const std::size_t bytes = whole_records(rest, inbox.ByteLength());
      if (bytes == 0) {
        // Every list in a record has a limit that rules this out; should one not, it must not pass in silence.
        Napi::Error::New(env_, "the engine made a record that is longer than the inbox").ThrowAsJavaScriptException();
        report_exception(env_);
        const auto record = engine::record::first_record(rest);
        rest = rest.subspan(record ? record->size() : rest.size());
        continue;
      }
      std::memcpy(inbox.Data(), rest.data(), bytes);
      rest = rest.subspan(bytes);
      on_batch.Call({Napi::Number::New(env_, static_cast<double>(bytes))});
      report_exception(env_);  // what is left is handed over all the same: the stream has no gaps
    }
  }

  /// Stops the loop, waits for its thread, lets go. Harmless when called again, also inside onBatch: the loop never waits for us.
  void close() {
    if (!std::exchange(open_, false)) return;
    napi_remove_env_cleanup_hook(env_, on_env_cleanup, this);
    engine_.close();
    doorbell_.Release();
  }

 private:
  /// How many of the bytes, at most `most`, are whole records.
  static std::size_t whole_records(ByteView records, std::size_t most) {
    if (records.size() <= most) return records.size();
    std::size_t bytes = 0;
    while (const auto record = engine::record::first_record(records.subspan(bytes))) {
      if (bytes + record->size() > most) break;
      bytes += record->size();
    }
    return bytes;
  }

  static void on_env_cleanup(void* handle) { static_cast<EngineHandle*>(handle)->close(); }

  /// Loop thread. Refused only while the environment ends, when nobody listens.
  void ring() { (void)doorbell_.NonBlockingCall(); }

  Napi::Env env_;
  bool open_ = false;
  Doorbell doorbell_;
  Napi::Reference<Napi::Uint8Array> inbox_;
  /// Taken from the mailbox, not yet handed over. Empty between two rings.
  ByteBuffer events_;
  engine::Engine engine_;
};

/// `env` is null where the environment ends before the bell is answered.
void deliver(Napi::Env env, Napi::Function on_batch, EngineHandle* handle, void*) {
  if (env == nullptr || !handle->is_open()) return;
  const Napi::HandleScope scope(env);
  handle->deliver_to(on_batch);
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
  if (!info[0].IsTypedArray() || info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array || !info[1].IsBoolean()) {
    Napi::TypeError::New(env, "send takes a Uint8Array and a boolean").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const auto array = info[0].As<Napi::Uint8Array>();
  engine::Mailbox::Parcel parcel{ByteBuffer(array.Data(), array.Data() + array.ByteLength()), info[1].As<Napi::Boolean>()};
  if (!handle->is_open()) throw_failure(env, {EBADF, "send", "the engine is closed"});
  else if (!engine::are_whole_records(parcel.records)) throw_failure(env, {EINVAL, "send", "not whole records"});
  else if (!handle->engine().send(std::move(parcel))) throw_failure(env, {ENOBUFS, "send", "too many commands wait"});
  return env.Undefined();
}

}  // namespace

Napi::Value open_engine(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto options = options_from_js(env, info[0]);
  if (!options) return env.Undefined();
  const bool has_inbox = info[1].IsTypedArray() && info[1].As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array &&
                         info[1].As<Napi::TypedArray>().ByteLength() >= kMinInboxBytes;
  if (!has_inbox || !info[2].IsFunction()) {
    const char* wrong = has_inbox ? "onBatch must be a function" : "inbox must be a Uint8Array of at least 131072 bytes";
    Napi::TypeError::New(env, wrong).ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const auto handle = std::make_shared<EngineHandle>(env, std::move(*options), info[1].As<Napi::Uint8Array>());
  const Status opened = EngineHandle::open(handle, info[2].As<Napi::Function>());
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
