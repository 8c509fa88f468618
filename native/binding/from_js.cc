#include "binding/from_js.hh"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

#include "engine/message_fields.hh"

namespace vn::binding {

namespace {

using engine::Described;
using engine::Worded;

/// JavaScript's Number.MAX_SAFE_INTEGER.
constexpr double kMaxSafeInteger = 9007199254740991.0;

/// Always false, so that a reader can `return wrong(…)`.
bool wrong(Napi::Env env, const std::string& where, const char* expected) {
  if (!env.IsExceptionPending()) Napi::TypeError::New(env, where + " must be " + expected).ThrowAsJavaScriptException();
  return false;
}

bool read(Napi::Env env, Napi::Value value, const std::string& where, bool& into) {
  if (!value.IsBoolean()) return wrong(env, where, "a boolean");
  into = value.As<Napi::Boolean>().Value();
  return true;
}

bool read(Napi::Env env, Napi::Value value, const std::string& where, double& into) {
  if (!value.IsNumber()) return wrong(env, where, "a number");
  into = value.As<Napi::Number>().DoubleValue();
  return std::isnan(into) ? wrong(env, where, "a number") : true;
}

template <class T>
  requires(std::is_unsigned_v<T> && !std::is_same_v<T, bool>)
bool read(Napi::Env env, Napi::Value value, const std::string& where, T& into) {
  constexpr bool kWide = sizeof(T) == sizeof(std::uint64_t);
  constexpr double kMax = kWide ? kMaxSafeInteger : static_cast<double>(std::numeric_limits<T>::max());
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= kMax) || number != std::floor(number)) {
    return wrong(env, where, sizeof(T) == 1 ? "an integer from 0 to 255" : sizeof(T) == 2 ? "an integer from 0 to 65535"
                             : sizeof(T) == 4 ? "an integer from 0 to 4294967295" : "an integer from 0 to 2^53 - 1");
  }
  into = static_cast<T>(number);
  return true;
}

bool read(Napi::Env env, Napi::Value value, const std::string& where, Family& into) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  if (number == 4) into = Family::kIpv4;
  else if (number == 6) into = Family::kIpv6;
  else return wrong(env, where, "4 or 6");
  return true;
}

bool read(Napi::Env env, Napi::Value value, const std::string& where, std::string& into) {
  if (!value.IsString()) return wrong(env, where, "a string");
  into = value.As<Napi::String>().Utf8Value();
  return into.find('\0') == std::string::npos ? true : wrong(env, where, "a string without NUL");
}

template <Worded E>
bool read(Napi::Env env, Napi::Value value, const std::string& where, E& into) {
  std::string expected = "one of";
  const std::string word = value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
  for (std::size_t i = 0; i < engine::Words<E>::kWords.size(); ++i) {
    if (word == engine::Words<E>::kWords[i]) {
      into = static_cast<E>(i);
      return true;
    }
    expected += std::string(" '") + engine::Words<E>::kWords[i] + "'";
  }
  return wrong(env, where, expected.c_str());
}

bool read(Napi::Env env, Napi::Value value, const std::string& where, engine::Command& into);

template <Described T>
bool read(Napi::Env env, Napi::Value value, const std::string& where, T& into);

template <class T>
bool read(Napi::Env env, Napi::Value value, const std::string& where, std::vector<T>& into) {
  if (!value.IsArray()) return wrong(env, where, "an array");
  const auto array = value.As<Napi::Array>();
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::HandleScope scope(env);
    T element{};
    const Napi::Value item = array.Get(i);
    if (env.IsExceptionPending() || !read(env, item, where + "[" + std::to_string(i) + "]", element)) return false;
    into.push_back(std::move(element));
  }
  return true;
}

template <class T>
bool read_field(Napi::Env env, Napi::Object object, const char* name, const std::string& where, T& into) {
  const Napi::Value value = object.Get(name);
  return !env.IsExceptionPending() && read(env, value, where + "." + name, into);
}

template <class T>
bool read_field(Napi::Env env, Napi::Object object, const char* name, const std::string& where, std::optional<T>& into) {
  const Napi::Value value = object.Get(name);
  if (env.IsExceptionPending()) return false;
  if (value.IsUndefined()) return true;
  T present{};
  if (!read(env, value, where + "." + name, present)) return false;
  into = std::move(present);
  return true;
}

template <Described T>
bool read(Napi::Env env, Napi::Value value, const std::string& where, T& into) {
  if (!value.IsObject()) return wrong(env, where, "an object");
  const auto object = value.As<Napi::Object>();
  bool good = true;
  engine::for_each_field<T>([&](const auto& field) {
    good = good && read_field(env, object, field.name, where, into.*field.member);
  });
  return good;
}

bool read(Napi::Env env, Napi::Value value, const std::string& where, engine::Command& into) {
  if (!value.IsObject()) return wrong(env, where, "an object");
  const auto object = value.As<Napi::Object>();
  if (!read_field(env, object, "id", where, into.id) || !read_field(env, object, "type", where, into.type)) return false;
  return engine::with_command_body(into.type, [&]<class Body>() {
    Body body{};
    if (!read(env, value, where, body)) return false;
    into.body = std::move(body);
    return true;
  });
}

}  // namespace

std::optional<std::vector<engine::Command>> commands_from_js(Napi::Env env, Napi::Value value) {
  std::vector<engine::Command> commands;
  if (!read(env, value, "commands", commands)) return std::nullopt;
  return commands;
}

std::optional<engine::EngineOptions> options_from_js(Napi::Env env, Napi::Value value) {
  engine::EngineOptions options;
  std::optional<std::string> netns;
  std::optional<std::uint32_t> receive_buffer_bytes;
  std::optional<double> resync_interval_ms;
  std::optional<std::uint32_t> netlink_fd;
  if (!value.IsObject()) {
    wrong(env, "options", "an object");
    return std::nullopt;
  }
  const auto object = value.As<Napi::Object>();
  const bool good = read_field(env, object, "netns", "options", netns) &&
                    read_field(env, object, "receiveBufferBytes", "options", receive_buffer_bytes) &&
                    read_field(env, object, "resyncIntervalMs", "options", resync_interval_ms) &&
                    read_field(env, object, "netlinkFd", "options", netlink_fd);
  if (!good) return std::nullopt;
  // The kernel doubles the figure: half the largest int is the most it can be told.
  constexpr std::uint32_t kMaxBufferBytes = static_cast<std::uint32_t>(std::numeric_limits<int>::max() / 2);
  if (netlink_fd && *netlink_fd > static_cast<std::uint32_t>(std::numeric_limits<int>::max())) {
    wrong(env, "options.netlinkFd", "an integer from 0 to 2147483647");
    return std::nullopt;
  }
  // A day: what is longer does not fit in the timer.
  constexpr double kMaxIntervalMs = 24 * 60 * 60 * 1e3;
  options.netns = netns.value_or("");
  if (receive_buffer_bytes) options.receive_buffer_bytes = static_cast<int>(std::min(*receive_buffer_bytes, kMaxBufferBytes));
  if (resync_interval_ms) options.resync_interval_ms = std::clamp(*resync_interval_ms, 0.0, kMaxIntervalMs);
  if (netlink_fd) options.netlink_fd = static_cast<int>(*netlink_fd);
  return options;
}

}  // namespace vn::binding
