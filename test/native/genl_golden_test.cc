// Decoders of generic netlink against what the kernel sent and what wg, iw, genl and wpa_cli said of the same moment.
#include <cstdlib>
#include <set>

#include "check.hh"
#include "engine/fields/genl.hh"
#include "golden.hh"

using namespace vn;
using namespace vn::genl;

namespace {

template <class T>
golden::Facts facts_of(const T& value, const std::string& path = {}) {
  golden::Facts facts;
  golden::add_facts(facts, path, value);
  return facts;
}

/// All that `decode` makes of the messages, with the count as 'length'; `key` names each.
template <class Decode, class Key>
golden::Facts decode_all(const std::string& name, Decode decode, Key key) {
  golden::Facts facts;
  std::size_t count = 0;
  golden::for_each_message(golden::load_datagrams(name), [&](const netlink::Message& message) {
    const auto decoded = decode(message);
    REQUIRE(decoded.ok());
    REQUIRE(decoded.value().has_value());
    golden::add_facts(facts, key(*decoded.value(), count), *decoded.value());
    count += 1;
  });
  facts["length"] = golden::number_text(static_cast<double>(count));
  return facts;
}

wireguard::Device decode_device(const std::string& name) {
  wireguard::DeviceReader reader;
  golden::for_each_message(golden::load_datagrams(name), [&](const netlink::Message& message) { REQUIRE(reader.add(message).ok()); });
  auto device = reader.take();
  REQUIRE(device.ok());
  return std::move(device.value());
}

void check_device(const std::string& name) {
  const wireguard::Device device = decode_device(name);
  golden::Facts facts = facts_of(device);
  for (std::size_t i = 0; i < device.peers.size(); ++i) {
    // wg shows whole seconds.
    const auto handshake = device.peers[i].last_handshake_ms;
    if (handshake) facts["peers." + std::to_string(i) + ".lastHandshakeSeconds"] = golden::number_text(static_cast<double>(static_cast<std::int64_t>(*handshake / 1'000)));
  }
  golden::check_facts(facts, golden::load_facts(name));
}

}  // namespace

TEST_CASE("families are what genl says they are") {
  for (const std::string name : {"family/wireguard", "family/nl80211"}) {
    const auto decoded = decode_all(name, decode_family, [](const FamilyInfo&, std::size_t) { return std::string(); });
    golden::check_facts(decoded, golden::load_facts(name));
  }
}

TEST_CASE("WireGuard devices are what wg says they are") {
  check_device("wireguard/device");
  check_device("wireguard/new");
}

TEST_CASE("a WireGuard peer that goes on in the next message is one peer") {
  check_device("wireguard/many");
  REQUIRE(golden::load_datagrams("wireguard/many").size() > 1);
  const wireguard::Device device = decode_device("wireguard/many");
  std::size_t messages_with_peers = 0;
  golden::for_each_message(golden::load_datagrams("wireguard/many"), [&](const netlink::Message&) { messages_with_peers += 1; });
  CHECK(messages_with_peers > 1);
  CHECK(device.peers.size() == 3);
}

TEST_CASE("WireGuard's unset keys and marks are absent") {
  const wireguard::Device device = decode_device("wireguard/new");
  CHECK_FALSE(device.private_key.has_value());
  CHECK_FALSE(device.public_key.has_value());
  CHECK(device.fwmark == 0);
  CHECK(device.peers.empty());
}

TEST_CASE("the scope of a link-local WireGuard endpoint is known") {
  const wireguard::Device device = decode_device("wireguard/device");
  REQUIRE(device.peers.size() == 3);
  REQUIRE(device.peers[2].endpoint.has_value());
  CHECK(device.peers[2].endpoint->scope_ifindex.value_or(0) > 0);
  CHECK_FALSE(device.peers[1].endpoint->scope_ifindex.has_value());
  CHECK(device.peers[0].protocol_version == 1);
}

TEST_CASE("a radio that comes in pieces is what iw says it is") {
  nl80211::WiphyReader reader;
  std::size_t pieces = 0;
  golden::for_each_message(golden::load_datagrams("nl80211/wiphy"), [&](const netlink::Message& message) {
    REQUIRE(reader.add(message).ok());
    pieces += 1;
  });
  const auto wiphys = reader.take();
  CHECK(pieces > 10);
  REQUIRE(wiphys.size() == 1);
  golden::check_facts(facts_of(wiphys[0]), golden::load_facts("nl80211/wiphy"));
  const std::set<std::string> features(wiphys[0].features.begin(), wiphys[0].features.end());
  for (const char* expected : {"sae", "ap-scan", "mesh-auth", "ibss-rsn", "tdls"}) {
    INFO(expected);
    CHECK(features.count(expected) == 1);
  }
  REQUIRE_FALSE(wiphys[0].combinations.empty());
  CHECK(wiphys[0].combinations[0].max_interfaces > 1);
}

TEST_CASE("wireless interfaces are what iw says they are") {
  const auto decoded = decode_all("nl80211/interface", nl80211::decode_interface,
                                  [](const nl80211::Interface& each, std::size_t) { return std::to_string(each.wdev); });
  golden::check_facts(decoded, golden::load_facts("nl80211/interface"));
}

TEST_CASE("networks in range are what iw and wpa_cli say they are") {
  const auto decoded = decode_all("nl80211/scan", nl80211::decode_bss,
                                  [](const nl80211::Bss& each, std::size_t) { return format(each.bssid); });
  golden::check_facts(decoded, golden::load_facts("nl80211/scan"));
}

TEST_CASE("a station is what iw says it is") {
  const auto decoded = decode_all("nl80211/station", nl80211::decode_station, [](const nl80211::Station&, std::size_t) { return std::string(); });
  golden::check_facts(decoded, golden::load_facts("nl80211/station"));
}

TEST_CASE("the regulatory domain is what iw says it is") {
  auto decoded = decode_all("nl80211/reg", nl80211::decode_reg,
                            [](const nl80211::RegulatoryDomain&, std::size_t at) { return std::to_string(at); });
  // iw cuts off what is behind the point.
  golden::Facts whole;
  for (const auto& [path, value] : decoded) {
    const auto cut = [&](std::string_view unit, const char* name, double divisor) {
      if (!path.ends_with(unit)) return;
      const double units = std::strtod(value.c_str(), nullptr) / divisor;
      whole[path.substr(0, path.size() - unit.size()) + name] = golden::number_text(static_cast<double>(static_cast<std::int64_t>(units)));
    };
    cut("Khz", "WholeMhz", 1'000);
    cut("maxPowerDbm", "maxPowerWholeDbm", 1);
  }
  decoded.merge(whole);
  golden::check_facts(decoded, golden::load_facts("nl80211/reg"));
}

TEST_CASE("the events of a session are told in order") {
  std::vector<std::string> story;
  golden::for_each_message(golden::load_datagrams("nl80211/events"), [&](const netlink::Message& message) {
    const auto event = nl80211::decode_event(message);
    REQUIRE(event.ok());
    if (!event.value()) return;
    std::visit([&](const auto& body) {
      using T = std::decay_t<decltype(body)>;
      std::string word = engine::kWirelessEventWord<T>;
      golden::Facts facts = facts_of(body);
      if (facts.count("stage") == 1) word += " " + facts["stage"];
      if (facts.count("alpha2") == 1) word += " " + facts["alpha2"];
      story.push_back(word);
    }, *event.value());
  });
  std::string told;
  for (const std::string& word : story) told += word + "\n";
  // The order in which what matters must have been heard; between these may stand others.
  std::size_t next = 0;
  for (const char* expected : {"regulatory US\n", "regulatory DE\n", "interface\n", "interfaceGone\n", "scan started\n", "scan done\n",
                               "station\n", "connection connected\n", "stationGone\n", "connection disconnected\n"}) {
    INFO(told);
    INFO(expected);
    const std::size_t found = told.find(expected, next);
    REQUIRE(found != std::string::npos);
    next = found;
  }
}
