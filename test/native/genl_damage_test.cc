// Decoders of generic netlink against captures that are cut, that lie, and against nests without end.
#include <array>
#include <functional>

#include "check.hh"
#include "genl/family.hh"
#include "genl/nl80211/bss.hh"
#include "genl/nl80211/event.hh"
#include "genl/nl80211/interface.hh"
#include "genl/nl80211/reg.hh"
#include "genl/nl80211/station.hh"
#include "genl/nl80211/wiphy.hh"
#include "genl/wireguard/device.hh"
#include "golden.hh"
#include "netlink/message_writer.hh"

using namespace vn;
using namespace vn::genl;

namespace {

/// Deep enough to end a decoder that calls itself for each nest.
constexpr int kNests = 4'000;

/// True where the message was understood.
using Decode = std::function<bool(const netlink::Message&)>;

struct Subject {
  const char* fixture;
  Decode decode;
};

std::vector<Subject> subjects() {
  return {
      {"family/nl80211", [](const auto& message) { return decode_family(message).ok(); }},
      {"wireguard/device", [](const auto& message) { return wireguard::DeviceReader().add(message).ok(); }},
      {"nl80211/wiphy", [](const auto& message) { return nl80211::WiphyReader().add(message).ok(); }},
      {"nl80211/interface", [](const auto& message) { return nl80211::decode_interface(message).ok(); }},
      {"nl80211/scan", [](const auto& message) { return nl80211::decode_bss(message).ok(); }},
      {"nl80211/station", [](const auto& message) { return nl80211::decode_station(message).ok(); }},
      {"nl80211/reg", [](const auto& message) { return nl80211::decode_reg(message).ok(); }},
      {"nl80211/events", [](const auto& message) { return nl80211::decode_event(message).ok(); }},
  };
}

/// Decodes a payload in memory of its own exact size, so that the address sanitizer sees a read beyond.
bool decode_copy(const Decode& decode, netlink::Message message, ByteView payload) {
  ByteBuffer copy;
  append_bytes(copy, payload);
  copy.shrink_to_fit();
  message.payload = copy;
  return decode(message);
}

}  // namespace

TEST_CASE("generic messages cut at any byte are refused or understood as far as they go") {
  for (const Subject& subject : subjects()) {
    INFO(subject.fixture);
    std::size_t refused = 0;
    golden::for_each_message(golden::load_datagrams(subject.fixture), [&](const netlink::Message& message) {
      CHECK(subject.decode(message));
      for (std::size_t length = 0; length < message.payload.size(); ++length) {
        if (!decode_copy(subject.decode, message, message.payload.first(length))) refused += 1;
      }
      CHECK_FALSE(decode_copy(subject.decode, message, message.payload.first(3)));
    });
    CHECK(refused > 0);
  }
}

TEST_CASE("generic messages in which any 16 bits lie end with their bytes") {
  for (const Subject& subject : subjects()) {
    INFO(subject.fixture);
    golden::for_each_message(golden::load_datagrams(subject.fixture), [&](const netlink::Message& message) {
      for (std::size_t offset = 0; offset + 1 < message.payload.size(); offset += 2) {
        for (const std::uint16_t lie : {std::uint16_t{0}, std::uint16_t{3}, std::uint16_t{0xffff}}) {
          ByteBuffer bytes;
          append_bytes(bytes, message.payload);
          store(bytes, offset, lie);
          (void)decode_copy(subject.decode, message, bytes);
        }
      }
    });
  }
}

TEST_CASE("nests in nests without end are read to a fixed depth") {
  for (const Subject& subject : subjects()) {
    INFO(subject.fixture);
    // Every attribute that any of the decoders takes for a nest.
    for (const auto type : std::to_array<std::uint16_t>({6, 7, 8, 9, 21, 22, 34, 44, 47, 94, 120})) {
      for (const auto command : std::to_array<std::uint8_t>({1, 0, 3, 7, 19, 34, 31, 64})) {
        netlink::MessageWriter writer = begin_query({kControllerId, 1}, command);
        std::vector<std::size_t> nests;
        for (int i = 0; i < kNests; ++i) nests.push_back(writer.begin_nest(type));
        for (auto nest = nests.rbegin(); nest != nests.rend(); ++nest) writer.end_nest(*nest);
        const ByteBuffer bytes = writer.take();
        (void)subject.decode(check::first_message(bytes));
      }
    }
  }
}

TEST_CASE("a list beyond its limit is refused") {
  netlink::MessageWriter writer = begin_query({kControllerId, 1}, 31);  // NL80211_CMD_GET_REG
  writer.put_text(33, "DE");                                            // NL80211_ATTR_REG_ALPHA2
  const std::size_t rules = writer.begin_nest(34);                      // NL80211_ATTR_REG_RULES
  for (std::uint16_t i = 0; i < 257; ++i) writer.put(i, {});
  writer.end_nest(rules);
  CHECK_FALSE(nl80211::decode_reg(check::first_message(writer.take())).ok());
}
