// Decode and encode by one table: which attribute holds which member, and how it is written on the wire. Pure.
// The tables are of the nests IFLA_INFO_DATA and IFLA_INFO_SLAVE_DATA, whose attributes are all optional.
#pragma once

#include <arpa/inet.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>

#include "netlink/message.hh"
#include "netlink/message_writer.hh"

namespace vn::rtnl {

/// The wires: `load` gives nothing where the bytes are too few or say what there is no word for.
template <class Raw, class Value = Raw>
struct NumberWire {
  static std::optional<Value> load(ByteView bytes) {
    const auto raw = vn::load<Raw>(bytes);
    return raw ? std::optional<Value>(static_cast<Value>(*raw)) : std::nullopt;
  }
  static Raw raw(Value value) { return static_cast<Raw>(value); }
};

template <class Raw>
struct BoolWire {
  static std::optional<bool> load(ByteView bytes) {
    const auto raw = vn::load<Raw>(bytes);
    return raw ? std::optional<bool>(*raw != 0) : std::nullopt;
  }
  static Raw raw(bool value) { return value ? 1 : 0; }
};

/// An enum numbered as the kernel's; kLast is its last word.
template <class Raw, class E, E kLast>
struct WordWire {
  static std::optional<E> load(ByteView bytes) {
    const auto raw = vn::load<Raw>(bytes);
    return raw && *raw <= static_cast<Raw>(kLast) ? std::optional<E>(static_cast<E>(*raw)) : std::nullopt;
  }
  static Raw raw(E value) { return static_cast<Raw>(value); }
};

/// clock_t: hundredths of a second (USER_HZ) on the wire, milliseconds here; shorter than 10 ms is rounded up.
struct ClockWire {
  static constexpr std::uint32_t kMsPerTick = 10;
  static std::optional<std::uint32_t> load(ByteView bytes) {
    const auto ticks = vn::load<std::uint32_t>(bytes);
    if (!ticks) return std::nullopt;
    constexpr std::uint32_t kMaxTicks = std::numeric_limits<std::uint32_t>::max() / kMsPerTick;
    return *ticks <= kMaxTicks ? *ticks * kMsPerTick : std::numeric_limits<std::uint32_t>::max();
  }
  static std::uint32_t raw(std::uint32_t ms) { return ms / kMsPerTick + (ms % kMsPerTick != 0 ? 1 : 0); }
};

template <class Owner, class Value, class Wire>
struct AttributeEntry {
  std::uint16_t type;
  std::optional<Value> Owner::*member;
};

template <class Wire, class Owner, class Value>
constexpr AttributeEntry<Owner, Value, Wire> entry(int type, std::optional<Value> Owner::*member) {
  return {static_cast<std::uint16_t>(type), member};
}

template <class Owner, class Value, class Wire>
void load_entry(const netlink::Attribute& attribute, const AttributeEntry<Owner, Value, Wire>& entry, Owner& into) {
  if (attribute.type == entry.type) into.*entry.member = Wire::load(attribute.payload);
}

template <class Owner, class Value, class Wire>
void put_entry(netlink::MessageWriter& writer, const AttributeEntry<Owner, Value, Wire>& entry, const Owner& from) {
  const std::optional<Value>& value = from.*entry.member;
  if (value) writer.put(entry.type, view_of(Wire::raw(*value)));
}

/// What a table reads of one attribute; attributes that it does not list are passed over.
template <class Table, class Owner>
void load_by(const Table& table, const netlink::Attribute& attribute, Owner& into) {
  std::apply([&](const auto&... each) { (load_entry(attribute, each, into), ...); }, table);
}

/// Reads a whole nest; what follows a length that lies is not read.
template <class Table, class Owner>
void load_nest(const Table& table, ByteView nest, Owner& into) {
  netlink::AttributeReader reader(nest);
  while (const auto attribute = reader.next()) load_by(table, *attribute, into);
}

template <class Table, class Owner>
void put_by(const Table& table, netlink::MessageWriter& writer, const Owner& from) {
  std::apply([&](const auto&... each) { (put_entry(writer, each, from), ...); }, table);
}

}  // namespace vn::rtnl
