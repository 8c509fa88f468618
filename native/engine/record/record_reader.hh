// Records to structs. Pure. What JavaScript wrote is not trusted: an offset or a count that lies makes the record malformed,
// and no byte outside it is ever read.
#pragma once

#include <cmath>
#include <limits>

#include "engine/record/layout.hh"

namespace vn::engine::record {

/// The record at the front of `bytes`, head included; nothing where its length lies.
inline std::optional<ByteView> first_record(ByteView bytes) {
  const auto head = load<Head>(bytes);
  if (!head || head->bytes < sizeof(Head) || head->bytes % kAlignment != 0 || head->bytes > bytes.size()) return std::nullopt;
  return bytes.first(head->bytes);
}

/// Reads one record; lives as long as its bytes.
class RecordReader {
 public:
  explicit RecordReader(ByteView record) : record_(record), budget_(record.size()) {}

  /// False where the record is malformed.
  template <Described T>
  bool read(T& into) const {
    return read_struct(sizeof(Head), into, 0);
  }

 private:
  /// Objects in objects: our messages have two levels.
  static constexpr int kMaxDepth = 4;

  template <Described T>
  bool read_struct(std::size_t at, T& into, int depth) const {
    if (depth > kMaxDepth || !fits(at, Layout<T>::kBytes)) return false;
    bool good = true;
    for_each_place<T>([&](const auto& field, const Place& place) {
      good = good && read_field(at, place, into.*field.member, depth);
    });
    return good;
  }

  bool fits(std::size_t at, std::size_t bytes) const { return at <= record_.size() && record_.size() - at >= bytes; }

  template <class T>
  T value_at(std::size_t at) const {
    return load<T>(record_, at).value_or(T{});
  }

  bool bit(std::size_t at, int number) const {
    const auto index = static_cast<std::size_t>(number);
    return (value_at<std::uint32_t>(at + index / kBitsPerWord * kWord) >> (index % kBitsPerWord) & 1U) != 0;
  }

  template <class T>
  bool read_field(std::size_t at, const Place& place, std::optional<T>& into, int depth) const {
    if (place.presence_bit >= 0 && !bit(at, place.presence_bit)) return true;
    if constexpr (Described<T>) {
      if (value_at<std::uint32_t>(at + place.offset) == 0) return true;
    }
    return read_field(at, place, into.emplace(), depth);
  }

  template <class T>
  bool read_field(std::size_t at, const Place& place, T& into, int depth) const {
    if constexpr (std::is_same_v<T, bool>) {
      into = bit(at, place.value_bit);
      return true;
    } else if constexpr (Described<T>) {
      return read_struct(value_at<std::uint32_t>(at + place.offset), into, depth + 1);
    } else {
      return read_value(at + place.offset, into, depth);
    }
  }

  template <class T>
  bool read_value(std::size_t at, T& into, int depth) const {
    if constexpr (WordSized<T>) return read_word(at, into);
    else if constexpr (WideNumber<T>) return read_wide(at, into);
    else if constexpr (std::is_same_v<T, IpAddress> || std::is_base_of_v<IpPrefix, T>) return read_address(at, into);
    else if constexpr (std::is_same_v<T, MacAddress>) return read_mac(at, into);
    else if constexpr (Lengthy<T>) return read_bytes(at, into);
    else return read_list(at, into, depth);
  }

  template <class T>
  bool read_word(std::size_t at, T& into) const {
    const auto word = value_at<std::uint32_t>(at);
    if constexpr (Worded<T>) {
      if (word >= Words<T>::kWords.size()) return false;
    } else if constexpr (std::is_same_v<T, Family>) {
      if (word != static_cast<std::uint32_t>(Family::kIpv4) && word != static_cast<std::uint32_t>(Family::kIpv6)) return false;
    } else if constexpr (std::is_unsigned_v<T>) {
      if (word > std::numeric_limits<T>::max()) return false;
    }
    into = static_cast<T>(word);
    return true;
  }

  template <class T>
  bool read_wide(std::size_t at, T& into) const {
    constexpr double kMaxSafeInteger = 9007199254740991.0;
    const auto number = value_at<double>(at);
    if constexpr (std::is_same_v<T, std::uint64_t>) {
      if (!(number >= 0 && number <= kMaxSafeInteger)) return false;
    } else if (std::isnan(number)) {
      return false;
    }
    into = static_cast<T>(number);
    return true;
  }

  template <class T>
  bool read_address(std::size_t at, T& into) const {
    const auto word = value_at<std::uint32_t>(at);
    const auto family = static_cast<Family>(word & 0xff);
    if (family != Family::kIpv4 && family != Family::kIpv6) return false;
    const auto octets = value_at<std::array<std::uint8_t, 16>>(at + kWord);
    if constexpr (std::is_same_v<T, IpAddress>) {
      into = {family, octets};
    } else {
      into.address = {family, octets};
      into.length = static_cast<std::uint8_t>(word >> 8);
      if (into.length > max_prefix_length(family)) return false;
    }
    return true;
  }

  bool read_mac(std::size_t at, MacAddress& into) const {
    into.octets = value_at<std::array<std::uint8_t, 6>>(at);
    return true;
  }

  template <class T>
  bool read_bytes(std::size_t at, T& into) const {
    const auto area = value_at<std::uint32_t>(at);
    const auto length = value_at<std::uint32_t>(at + kWord);
    if (!spend(area, length)) return false;
    const ByteView bytes = record_.subspan(area, length);
    if constexpr (std::is_same_v<T, std::string>) into.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    else if constexpr (std::is_same_v<T, ByteBuffer>) into.assign(bytes.begin(), bytes.end());
    else into.bytes.assign(bytes.begin(), bytes.end());
    return true;
  }

  template <class T>
  bool read_list(std::size_t at, std::vector<T>& into, int depth) const {
    const auto area = value_at<std::uint32_t>(at);
    const std::size_t count = value_at<std::uint32_t>(at + kWord);
    // The record's own length bounds the count, so a lie cannot make us allocate.
    if (count > record_.size() / element_bytes<T>() || !spend(area, count * element_bytes<T>())) return false;
    into.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t element = area + i * element_bytes<T>();
      if constexpr (Described<T>) {
        if (!read_struct(element, into[i], depth + 1)) return false;
      } else {
        if (!read_value(element, into[i], depth)) return false;
      }
    }
    return true;
  }

  /// Takes bytes of the string area; each byte may be named once, so many fields that name the same area cannot make us copy
  /// it many times.
  bool spend(std::size_t at, std::size_t bytes) const {
    if (!fits(at, bytes) || bytes > budget_) return false;
    budget_ -= bytes;
    return true;
  }

  ByteView record_;
  mutable std::size_t budget_;
};

}  // namespace vn::engine::record
