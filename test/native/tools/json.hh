// Any struct that has a field table as JSON text, so that new fields show by themselves. For the tools of the tests.
#pragma once

#include <concepts>
#include <cstdio>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hh"
#include "engine/message_fields.hh"

namespace vn::tools {

inline void write_json(std::string& out, const std::string& text) {
  out += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || code < 0x20 || code >= 0x7f) {
      char escaped[sizeof "\\u0000"];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", code);
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
}

inline void write_json(std::string& out, bool value) { out += value ? "true" : "false"; }
inline void write_json(std::string& out, Family value) { out += value == Family::kIpv4 ? '4' : '6'; }

template <class T>
  requires(std::integral<T> || std::floating_point<T>)
void write_json(std::string& out, T value) {
  out += std::to_string(value);
}

template <engine::Worded E>
void write_json(std::string& out, E value) {
  write_json(out, std::string(engine::word_of(value)));
}

/// Addresses and all else that has a text.
template <class T>
  requires requires(const T& value) {
    { format(value) } -> std::same_as<std::string>;
  }
void write_json(std::string& out, const T& value) {
  write_json(out, format(value));
}

/// Octets as hexadecimal text.
inline void write_json(std::string& out, const ByteBuffer& octets) {
  std::string text;
  for (const std::uint8_t octet : octets) {
    char digits[sizeof "00"];
    std::snprintf(digits, sizeof digits, "%02x", octet);
    text += digits;
  }
  write_json(out, text);
}

template <engine::Described T>
void write_json(std::string& out, const T& value);

template <class... T>
void write_json(std::string& out, const std::variant<T...>& value) {
  std::visit([&](const auto& held) { write_json(out, held); }, value);
}

template <class T>
  requires(!std::same_as<T, std::uint8_t>)
void write_json(std::string& out, const std::vector<T>& list) {
  out += '[';
  for (const T& each : list) {
    if (out.back() != '[') out += ',';
    write_json(out, each);
  }
  out += ']';
}

template <class T>
void write_field(std::string& out, const char* name, const T& value) {
  if (out.back() != '{') out += ',';
  out += std::string("\"") + name + "\":";
  write_json(out, value);
}

/// An absent value is no member at all, as in JavaScript.
template <class T>
void write_field(std::string& out, const char* name, const std::optional<T>& value) {
  if (value) write_field(out, name, *value);
}

template <engine::Described T>
void write_json(std::string& out, const T& value) {
  out += '{';
  engine::for_each_field<T>([&](const auto& field) { write_field(out, field.name, value.*field.member); });
  out += '}';
}

}  // namespace vn::tools
