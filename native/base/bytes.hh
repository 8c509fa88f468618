// Checked reads and writes of raw bytes. Loads copy, so neither alignment nor a lying length can hurt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace vn {

using ByteView = std::span<const std::uint8_t>;
using ByteBuffer = std::vector<std::uint8_t>;

/// The T at `offset` in host byte order; nothing where the bytes end before it does.
template <class T>
  requires std::is_trivially_copyable_v<T>
std::optional<T> load(ByteView bytes, std::size_t offset = 0) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

/// The bytes from `offset` on; empty where there are none.
inline ByteView tail(ByteView bytes, std::size_t offset) {
  return offset >= bytes.size() ? ByteView{} : bytes.subspan(offset);
}

/// Text up to the first NUL or the end.
inline std::string to_text(ByteView bytes) {
  const void* nul = bytes.empty() ? nullptr : std::memchr(bytes.data(), 0, bytes.size());
  const std::size_t length =
      nul == nullptr ? bytes.size() : static_cast<std::size_t>(static_cast<const std::uint8_t*>(nul) - bytes.data());
  std::string text(length, '\0');
  if (length > 0) std::memcpy(text.data(), bytes.data(), length);
  return text;
}

inline void append_bytes(ByteBuffer& buffer, ByteView bytes) {
  if (bytes.empty()) return;
  const std::size_t offset = buffer.size();
  buffer.resize(offset + bytes.size());
  std::memcpy(buffer.data() + offset, bytes.data(), bytes.size());
}

template <class T>
  requires std::is_trivially_copyable_v<T>
ByteView view_of(const T& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof(T)};
}

inline ByteView view_of_text(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Overwrites the bytes at `offset`; nothing happens where they do not fit.
template <class T>
  requires std::is_trivially_copyable_v<T>
void store(ByteBuffer& buffer, std::size_t offset, const T& value) {
  if (offset > buffer.size() || buffer.size() - offset < sizeof(T)) return;
  std::memcpy(buffer.data() + offset, &value, sizeof(T));
}

}  // namespace vn
