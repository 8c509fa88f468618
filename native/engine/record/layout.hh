// Where each field of a message stands in its record, computed from the field tables at compile time. The addon exports the
// same places (binding/schema.cc), so TypeScript never guesses one. Pure.
//
// A record is a head, a fixed part whose size depends on its type alone, and a string area. In the fixed part stand first
// words of bits (is an optional field there, is a boolean true), then one slot a field:
//   u8, u16, u32, i32, words, families  4 bytes        u64, f64  8 bytes (as double), aligned to 8
//   addresses                          20 bytes        prefixes  20 bytes: family | length << 8, then 16 octets
//   MAC addresses                       8 bytes        text, octets, lists  8 bytes: offset in the record, bytes or count
//   optional objects                    4 bytes: offset in the record, 0 where absent
// Numbers are in the machine's byte order: a record never leaves the process.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.hh"
#include "base/ip_address.hh"
#include "base/mac_address.hh"
#include "engine/message_fields.hh"

namespace vn::engine::record {

/// In front of each record. `number` is the time of an event (milliseconds of CLOCK_MONOTONIC) or the id of a command.
struct Head {
  /// The whole record, a multiple of 8.
  std::uint32_t bytes = 0;
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  double number = 0;
};
static_assert(sizeof(Head) == 16);

/// Event: a record of the dump that is being read for a command. Command: overtakes what is queued.
inline constexpr std::uint16_t kFlagOfDump = 1;
inline constexpr std::uint16_t kFlagUrgent = 1;

inline constexpr std::size_t kAlignment = 8;
inline constexpr std::size_t kWord = 4;
inline constexpr std::size_t kBitsPerWord = 32;

constexpr std::size_t round_up(std::size_t value, std::size_t to) { return (value + to - 1) / to * to; }

template <class T> struct IsVector : std::false_type {};
template <class T> struct IsVector<std::vector<T>> : std::true_type {};
template <> struct IsVector<ByteBuffer> : std::false_type {};
template <class T> concept Listed = IsVector<T>::value;

template <class T> struct Bare { using Type = T; static constexpr bool kOptional = false; };
template <class T> struct Bare<std::optional<T>> { using Type = T; static constexpr bool kOptional = true; };

/// A number that fits in one word of four bytes.
template <class T>
concept WordSized = (std::is_unsigned_v<T> && !std::is_same_v<T, bool> && sizeof(T) <= kWord) ||
                    std::is_same_v<T, std::int32_t> || std::is_same_v<T, Family> || Worded<T>;
template <class T>
concept WideNumber = std::is_same_v<T, std::uint64_t> || std::is_same_v<T, double>;
/// Bytes of any length: they stand in the string area.
template <class T>
concept Lengthy = std::is_same_v<T, std::string> || std::is_same_v<T, ByteBuffer> || std::is_same_v<T, CommandBytes>;

inline constexpr std::size_t kAddressBytes = kWord + 16;
inline constexpr std::size_t kMacBytes = 2 * kWord;
inline constexpr std::size_t kReferenceBytes = 2 * kWord;

template <class T>
constexpr std::size_t slot_bytes() {
  if constexpr (std::is_same_v<T, bool>) return 0;
  else if constexpr (WordSized<T>) return kWord;
  else if constexpr (WideNumber<T>) return 8;
  else if constexpr (std::is_same_v<T, IpAddress> || std::is_base_of_v<IpPrefix, T>) return kAddressBytes;
  else if constexpr (std::is_same_v<T, MacAddress>) return kMacBytes;
  else if constexpr (Lengthy<T> || Listed<T>) return kReferenceBytes;
  else {
    static_assert(Described<T>, "a field of a type that no record can hold");
    return kWord;  // an object: where it stands
  }
}

template <class T>
constexpr std::size_t slot_alignment() {
  return WideNumber<T> ? 8 : kWord;
}

/// Of one field: its slot, and its bits (-1 where it has none).
struct Place {
  std::size_t offset = 0;
  int presence_bit = -1;
  int value_bit = -1;
};

/// The fixed part of T. `kBytes` is a multiple of 8, so that lists of T stay aligned.
template <Described T>
struct Layout {
  using Table = std::remove_cvref_t<decltype(Fields<T>::kTable)>;
  static constexpr std::size_t kCount = std::tuple_size_v<Table>;

  template <std::size_t I>
  using Value = std::remove_cvref_t<decltype(std::declval<T>().*std::get<I>(Fields<T>::kTable).member)>;

  struct Plan {
    std::array<Place, kCount> places{};
    std::size_t bytes = 0;
  };

  static constexpr Plan make_plan() {
    Plan plan;
    int bits = 0;
    const auto take_bits = [&]<std::size_t I>() {
      using Field = Bare<Value<I>>;
      // An absent object has the offset 0, and needs no bit.
      constexpr bool kHasBit = Field::kOptional && !Described<typename Field::Type>;
      if constexpr (kHasBit) plan.places[I].presence_bit = bits++;
      if constexpr (std::is_same_v<typename Field::Type, bool>) plan.places[I].value_bit = bits++;
    };
    std::size_t offset = 0;
    const auto take_slot = [&]<std::size_t I>() {
      using Type = typename Bare<Value<I>>::Type;
      offset = round_up(offset, slot_alignment<Type>());
      plan.places[I].offset = offset;
      offset += slot_bytes<Type>();
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (take_bits.template operator()<I>(), ...);
      offset = round_up(static_cast<std::size_t>(bits), kBitsPerWord) / kBitsPerWord * kWord;
      (take_slot.template operator()<I>(), ...);
    }(std::make_index_sequence<kCount>());
    plan.bytes = round_up(offset, kAlignment);
    return plan;
  }

  static constexpr Plan kPlan = make_plan();
  static constexpr std::size_t kBytes = kPlan.bytes;
};

/// What one element of a list takes.
template <class T>
constexpr std::size_t element_bytes() {
  if constexpr (Described<T>) return Layout<T>::kBytes;
  else return slot_bytes<T>();
}

/// Calls visit(field, place) for each field in order.
template <Described T, class Visit>
constexpr void for_each_place(Visit&& visit) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit(std::get<I>(Fields<T>::kTable), Layout<T>::kPlan.places[I]), ...);
  }(std::make_index_sequence<Layout<T>::kCount>());
}

}  // namespace vn::engine::record
