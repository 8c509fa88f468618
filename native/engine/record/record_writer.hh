// Structs to records. Pure.
#pragma once

#include <cstring>

#include "engine/record/layout.hh"

namespace vn::engine::record {

/// Appends records to a buffer of its own. Whoever holds it; ends with the buffer's taking.
class RecordWriter {
 public:
  template <Described T>
  void put(std::uint16_t type, std::uint16_t flags, double number, const T& body) {
    start_ = buffer_.size();
    buffer_.resize(start_ + sizeof(Head) + Layout<T>::kBytes);
    put_struct(start_ + sizeof(Head), body);
    buffer_.resize(round_up(buffer_.size(), kAlignment));
    store_at(start_, Head{static_cast<std::uint32_t>(buffer_.size() - start_), type, flags, number});
  }

  ByteBuffer& buffer() { return buffer_; }
  std::size_t size() const { return buffer_.size(); }
  bool empty() const { return buffer_.empty(); }

 private:
  template <class T>
  void store_at(std::size_t at, const T& value) {
    std::memcpy(buffer_.data() + at, &value, sizeof(T));
  }

  template <Described T>
  void put_struct(std::size_t at, const T& body) {
    for_each_place<T>([&](const auto& field, const Place& place) { put_field(at, place, body.*field.member); });
  }

  void set_bit(std::size_t at, int bit) {
    const auto index = static_cast<std::size_t>(bit);
    buffer_[at + bit_byte(index)] |= static_cast<std::uint8_t>(1U << (index % 8));
  }

  /// Bits count from the lowest of a word, whatever the byte order.
  static constexpr std::size_t bit_byte(std::size_t bit) {
    constexpr bool kLittle = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    return kLittle ? bit / 8 : bit / kBitsPerWord * kWord + (kWord - 1 - bit % kBitsPerWord / 8);
  }

  template <class T>
  void put_field(std::size_t at, const Place& place, const std::optional<T>& value) {
    if (!value) return;
    if (place.presence_bit >= 0) set_bit(at, place.presence_bit);
    put_field(at, place, *value);
  }

  template <class T>
  void put_field(std::size_t at, const Place& place, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      if (value) set_bit(at, place.value_bit);
    } else if constexpr (Described<T>) {
      const std::size_t object = reserve(Layout<T>::kBytes);
      store_at(at + place.offset, relative(object));
      put_struct(object, value);
    } else {
      put_value(at + place.offset, value);
    }
  }

  template <class T>
  void put_value(std::size_t at, const T& value) {
    if constexpr (WordSized<T>) store_at(at, static_cast<std::uint32_t>(value));
    else if constexpr (WideNumber<T>) store_at(at, static_cast<double>(value));
    else if constexpr (std::is_same_v<T, IpAddress>) put_address(at, value, 0);
    else if constexpr (std::is_base_of_v<IpPrefix, T>) put_address(at, value.address, value.length);
    else if constexpr (std::is_same_v<T, MacAddress>) store_at(at, value.octets);
    else if constexpr (std::is_same_v<T, std::string>) put_bytes(at, view_of_text(value));
    else if constexpr (std::is_same_v<T, ByteBuffer>) put_bytes(at, value);
    else if constexpr (std::is_same_v<T, CommandBytes>) put_bytes(at, value.bytes);
    else put_list(at, value);
  }

  void put_address(std::size_t at, const IpAddress& address, std::uint8_t length) {
    const auto family = static_cast<std::uint32_t>(address.family);
    store_at(at, family | static_cast<std::uint32_t>(length) << 8);
    store_at(at + kWord, address.octets);
  }

  void put_bytes(std::size_t at, ByteView bytes) {
    const std::size_t area = reserve(bytes.size());
    if (!bytes.empty()) std::memcpy(buffer_.data() + area, bytes.data(), bytes.size());
    store_at(at, relative(area));
    store_at(at + kWord, static_cast<std::uint32_t>(bytes.size()));
  }

  template <class T>
  void put_list(std::size_t at, const std::vector<T>& values) {
    const std::size_t area = reserve(element_bytes<T>() * values.size());
    store_at(at, relative(area));
    store_at(at + kWord, static_cast<std::uint32_t>(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t element = area + i * element_bytes<T>();
      if constexpr (Described<T>) put_struct(element, values[i]);
      else put_value(element, values[i]);
    }
  }

  /// So many zero bytes at the end of the record, aligned.
  std::size_t reserve(std::size_t bytes) {
    const std::size_t at = round_up(buffer_.size(), kAlignment);
    buffer_.resize(at + bytes);
    return at;
  }

  std::uint32_t relative(std::size_t at) const { return static_cast<std::uint32_t>(at - start_); }

  ByteBuffer buffer_;
  std::size_t start_ = 0;
};

}  // namespace vn::engine::record
