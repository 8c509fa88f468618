// Field tables of the commands and events of unix datagram endpoints; lib/kernel/datagrams.ts says the same.
#pragma once

#include "engine/endpoint_messages.hh"
#include "engine/fields/field.hh"

namespace vn::engine {

template <> struct Fields<OpenDatagram> {
  using T = OpenDatagram;
  static constexpr auto kTable = std::make_tuple(field("local", &T::local), field("peer", &T::peer));
};
template <> struct Fields<OpenDevice> {
  static constexpr auto kTable = std::make_tuple(field("path", &OpenDevice::path));
};
template <> struct Fields<SendDatagram> {
  using T = SendDatagram;
  static constexpr auto kTable = std::make_tuple(field("endpoint", &T::endpoint), field("bytes", &T::bytes));
};
template <> struct Fields<CloseDatagram> {
  static constexpr auto kTable = std::make_tuple(field("endpoint", &CloseDatagram::endpoint));
};
template <> struct Fields<DatagramArrival> {
  using T = DatagramArrival;
  static constexpr auto kTable = std::make_tuple(
      field("endpoint", &T::endpoint), field("bytes", &T::bytes), field("truncated", &T::truncated));
};
template <> struct Fields<DatagramEnd> {
  static constexpr auto kTable = std::make_tuple(field("endpoint", &DatagramEnd::endpoint));
};

}  // namespace vn::engine
