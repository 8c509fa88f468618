#include "binding/options_from_js.hh"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace vn::binding {

namespace {

/// The kernel doubles the figure: half the largest int is the most it can be told.
constexpr double kMaxBufferBytes = std::numeric_limits<int>::max() / 2;
/// A day: what is longer does not fit in the timer.
constexpr double kMaxIntervalMs = 24 * 60 * 60 * 1e3;

/// Always false, so that a reader can `return wrong(…)`.
bool wrong(Napi::Env env, const char* name, const char* expected) {
  const std::string text = std::string("options.") + name + " must be " + expected;
  if (!env.IsExceptionPending()) Napi::TypeError::New(env, text).ThrowAsJavaScriptException();
  return false;
}

bool read(Napi::Env env, const char* name, Napi::Value value, std::string& into) {
  if (!value.IsString()) return wrong(env, name, "a string");
  into = value.As<Napi::String>().Utf8Value();
  return into.find('\0') == std::string::npos ? true : wrong(env, name, "a string without NUL");
}

bool read(Napi::Env env, const char* name, Napi::Value value, double& into) {
  if (!value.IsNumber()) return wrong(env, name, "a number");
  into = value.As<Napi::Number>().DoubleValue();
  return std::isnan(into) ? wrong(env, name, "a number") : true;
}

bool read(Napi::Env env, const char* name, Napi::Value value, std::uint32_t& into) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= std::numeric_limits<std::uint32_t>::max()) || number != std::floor(number)) {
    return wrong(env, name, "an integer from 0 to 4294967295");
  }
  into = static_cast<std::uint32_t>(number);
  return true;
}

template <class T>
bool read_option(Napi::Object object, const char* name, std::optional<T>& into) {
  const Napi::Env env = object.Env();
  const Napi::Value value = object.Get(name);
  if (env.IsExceptionPending()) return false;
  return value.IsUndefined() || read(env, name, value, into.emplace());
}

}  // namespace

std::optional<engine::EngineOptions> options_from_js(Napi::Env env, Napi::Value value) {
  if (!value.IsObject()) {
    Napi::TypeError::New(env, "options must be an object").ThrowAsJavaScriptException();
    return std::nullopt;
  }
  const auto object = value.As<Napi::Object>();
  std::optional<std::string> netns;
  std::optional<std::uint32_t> receive_buffer_bytes;
  std::optional<double> resync_interval_ms;
  std::optional<std::uint32_t> netlink_fd;
  std::optional<std::uint32_t> follow;
  const bool good = read_option(object, "netns", netns) && read_option(object, "receiveBufferBytes", receive_buffer_bytes) &&
                    read_option(object, "resyncIntervalMs", resync_interval_ms) &&
                    read_option(object, "netlinkFd", netlink_fd) && read_option(object, "follow", follow);
  if (!good) return std::nullopt;
  if (netlink_fd && *netlink_fd > static_cast<std::uint32_t>(std::numeric_limits<int>::max())) {
    wrong(env, "netlinkFd", "an integer from 0 to 2147483647");
    return std::nullopt;
  }
  engine::EngineOptions options;
  options.netns = netns.value_or("");
  if (receive_buffer_bytes) {
    options.receive_buffer_bytes = static_cast<int>(std::min<double>(*receive_buffer_bytes, kMaxBufferBytes));
  }
  if (resync_interval_ms) options.resync_interval_ms = std::clamp(*resync_interval_ms, 0.0, kMaxIntervalMs);
  if (netlink_fd) options.netlink_fd = static_cast<int>(*netlink_fd);
  if (follow) options.follow = *follow;
  return options;
}

}  // namespace vn::binding
