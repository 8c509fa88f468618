#include "binding/to_js.hh"

#include <optional>
#include <string>

#include "engine/message_fields.hh"

namespace vn::binding {

namespace {

using engine::Described;
using engine::Event;
using engine::Worded;

Napi::Value convert(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }
Napi::Value convert(Napi::Env env, double value) { return Napi::Number::New(env, value); }
Napi::Value convert(Napi::Env env, std::uint8_t value) { return Napi::Number::New(env, value); }
Napi::Value convert(Napi::Env env, std::uint16_t value) { return Napi::Number::New(env, value); }
Napi::Value convert(Napi::Env env, std::uint32_t value) { return Napi::Number::New(env, value); }
Napi::Value convert(Napi::Env env, std::int32_t value) { return Napi::Number::New(env, value); }
Napi::Value convert(Napi::Env env, std::uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }
Napi::Value convert(Napi::Env env, Family value) { return Napi::Number::New(env, static_cast<double>(value)); }
Napi::Value convert(Napi::Env env, const std::string& value) { return Napi::String::New(env, value); }
Napi::Value convert(Napi::Env env, const IpAddress& value) { return Napi::String::New(env, format(value)); }
Napi::Value convert(Napi::Env env, const IpPrefix& value) { return Napi::String::New(env, format(value)); }
Napi::Value convert(Napi::Env env, const Destination& value) { return Napi::String::New(env, format(value)); }
Napi::Value convert(Napi::Env env, const MacAddress& value) { return Napi::String::New(env, format(value)); }
Napi::Value convert(Napi::Env env, const engine::Record& record);

template <Worded E>
Napi::Value convert(Napi::Env env, E value) {
  return Napi::String::New(env, engine::word_of(value));
}

template <Described T>
void set_fields(Napi::Env env, Napi::Object object, const T& value);

template <Described T>
Napi::Value convert(Napi::Env env, const T& value) {
  Napi::Object object = Napi::Object::New(env);
  set_fields(env, object, value);
  return object;
}

template <class T>
Napi::Value convert(Napi::Env env, const std::vector<T>& values) {
  Napi::Array array = Napi::Array::New(env, values.size());
  for (std::uint32_t i = 0; i < values.size(); ++i) array.Set(i, convert(env, values[i]));
  return array;
}

template <class T>
void set_field(Napi::Env env, Napi::Object object, const char* name, const T& value) {
  object.Set(name, convert(env, value));
}

template <class T>
void set_field(Napi::Env env, Napi::Object object, const char* name, const std::optional<T>& value) {
  if (value) object.Set(name, convert(env, *value));
}

template <Described T>
void set_fields(Napi::Env env, Napi::Object object, const T& value) {
  engine::for_each_field<T>([&](const auto& field) { set_field(env, object, field.name, value.*field.member); });
}

Napi::Value convert(Napi::Env env, const engine::Record& record) {
  return std::visit([&](const auto& noun) { return convert(env, noun); }, record);
}

Napi::Value convert(Napi::Env env, const Event& event) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("type", engine::word_of(event.type));
  object.Set("atMs", event.at_ms);
  std::visit([&](const auto& body) { set_fields(env, object, body); }, event.body);
  return object;
}

}  // namespace

Napi::Array to_js(Napi::Env env, const std::vector<Event>& events) {
  Napi::Array array = Napi::Array::New(env, events.size());
  for (std::uint32_t i = 0; i < events.size() && !env.IsExceptionPending(); ++i) {
    // Thousands of objects come in one call: each frees its handles at once.
    const Napi::HandleScope scope(env);
    array.Set(i, convert(env, events[i]));
  }
  return array;
}

}  // namespace vn::binding
