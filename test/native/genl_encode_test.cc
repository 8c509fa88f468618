// Requests of generic netlink, byte by byte, and what is refused before the kernel sees it.
#include "check.hh"
#include "genl/family.hh"
#include "genl/nl80211/command.hh"
#include "genl/nl80211/reg.hh"
#include "genl/nl80211/scan.hh"
#include "genl/wireguard/device.hh"

using namespace vn;
using namespace vn::genl;

TEST_CASE("a family is asked for by name") {
  CHECK(encode_get_family("nl80211").value() ==
        check::from_hex("20 00 00 00 10 00 01 00 00 00 00 00 00 00 00 00 03 01 00 00 0c 00 02 00 6e 6c 38 30 32 31 31 00"));
  CHECK_FALSE(encode_get_family("").ok());
  CHECK_FALSE(encode_get_family("0123456789abcdef").ok());
}

TEST_CASE("a scan calls all networks, and hidden ones by name") {
  nl80211::TriggerScan command;
  command.ifindex = 5;
  command.ssids = std::vector<nl80211::ScanSsid>{{check::from_hex("61 62")}};
  command.frequencies_mhz = std::vector<std::uint32_t>{2'437};
  command.flush = true;
  CHECK(nl80211::encode({33, 1}, command).value() ==
        check::from_hex("40 00 00 00 21 00 05 00 00 00 00 00 00 00 00 00 21 01 00 00 08 00 03 00 05 00 00 00"
                        "10 00 2d 80 04 00 00 00 06 00 01 00 61 62 00 00  0c 00 2c 80 08 00 00 00 85 09 00 00"
                        "08 00 9e 00 02 00 00 00"));
}

TEST_CASE("a passive scan calls nobody") {
  nl80211::TriggerScan command;
  command.ifindex = 5;
  command.passive = true;
  CHECK(nl80211::encode({33, 1}, command).value() ==
        check::from_hex("1c 00 00 00 21 00 05 00 00 00 00 00 00 00 00 00 21 01 00 00 08 00 03 00 05 00 00 00"));
  command.ssids = std::vector<nl80211::ScanSsid>{{check::from_hex("61")}};
  CHECK_FALSE(nl80211::encode({33, 1}, command).ok());
}

TEST_CASE("scans and countries that cannot be are refused") {
  nl80211::TriggerScan command;
  command.ssids = std::vector<nl80211::ScanSsid>{{ByteBuffer(33)}};
  CHECK(nl80211::encode({33, 1}, command).failure().error_number == EINVAL);
  command.ssids.reset();
  command.frequencies_mhz.emplace();
  CHECK_FALSE(nl80211::encode({33, 1}, command).ok());
  for (const char* alpha2 : {"", "D", "de", "DEU"}) CHECK_FALSE(nl80211::encode({33, 1}, nl80211::RequestRegulatory{alpha2}).ok());
  CHECK(nl80211::encode({33, 1}, nl80211::RequestRegulatory{"00"}).ok());
}

TEST_CASE("an interface is added beside another one, and deleted") {
  CHECK(nl80211::encode({33, 1}, nl80211::AddInterface{"mesh0", 5, nl80211::InterfaceMode::kMesh}).value() ==
        check::from_hex("30 00 00 00 21 00 05 00 00 00 00 00 00 00 00 00 07 01 00 00 08 00 03 00 05 00 00 00"
                        "0a 00 04 00 6d 65 73 68 30 00 00 00  08 00 05 00 07 00 00 00"));
  CHECK(nl80211::encode({33, 1}, nl80211::DeleteInterface{5}).value() ==
        check::from_hex("1c 00 00 00 21 00 05 00 00 00 00 00 00 00 00 00 08 01 00 00 08 00 03 00 05 00 00 00"));
  for (const char* ifname : {"", "0123456789abcdef"}) {
    CHECK(nl80211::encode({33, 1}, nl80211::AddInterface{ifname, 5, nl80211::InterfaceMode::kAp}).failure().error_number == EINVAL);
  }
}

TEST_CASE("mesh parameters are what was given and no more") {
  nl80211::SetMeshParameters command;
  command.ifindex = 5;
  command.hwmp_root_mode = std::uint8_t{2};
  command.gate_announcements = false;
  command.rssi_threshold_dbm = -80;
  CHECK(nl80211::encode({33, 1}, command).value() ==
        check::from_hex("38 00 00 00 21 00 05 00 00 00 00 00 00 00 00 00 1d 01 00 00 08 00 03 00 05 00 00 00"
                        "1c 00 23 80 05 00 0e 00 02 00 00 00 05 00 11 00 00 00 00 00 08 00 14 00 b0 ff ff ff"));
  command.hwmp_root_mode = std::uint8_t{5};
  CHECK_FALSE(nl80211::encode({33, 1}, command).ok());
  command.hwmp_root_mode.reset();
  for (const std::int32_t rssi : {1, -256}) {
    command.rssi_threshold_dbm = rssi;
    CHECK(nl80211::encode({33, 1}, command).failure().error_number == EINVAL);
  }
}

TEST_CASE("power save is on or off") {
  CHECK(nl80211::encode({33, 1}, nl80211::SetPowerSave{5, true}).value() ==
        check::from_hex("24 00 00 00 21 00 05 00 00 00 00 00 00 00 00 00 3d 01 00 00 08 00 03 00 05 00 00 00 08 00 5d 00 01 00 00 00"));
}

TEST_CASE("a WireGuard device that is set comes back as it was asked for") {
  wireguard::SetDevice command;
  command.ifindex = 7;
  command.private_key = ByteBuffer(32, 1);
  command.listen_port = std::uint16_t{51'820};
  command.fwmark = 42U;
  command.replace_peers = true;
  command.peers.emplace();
  for (std::uint8_t i = 1; i <= 3; ++i) {
    wireguard::PeerCommand peer;
    peer.public_key = ByteBuffer(32, i);
    peer.endpoint = wireguard::EndpointCommand{i == 2 ? "2001:db8::2" : "192.0.2.1", std::uint16_t{1'000}, {}};
    peer.allowed_ips.emplace();
    for (int k = 0; k < 700; ++k) peer.allowed_ips->push_back("10." + std::to_string(i) + "." + std::to_string(k / 256) + "." + std::to_string(k % 256) + "/32");
    command.peers->push_back(std::move(peer));
  }
  const auto requests = wireguard::encode_set_device(32, command);
  REQUIRE(requests.ok());
  CHECK(requests.value().size() > 3);
  wireguard::DeviceReader reader;
  for (const ByteBuffer& request : requests.value()) {
    CHECK(request.size() <= 16 * 1024);
    REQUIRE(reader.add(check::first_message(request)).ok());
  }
  // A request names its device by the index; the name is what a dump adds.
  netlink::MessageWriter name = begin_request({32, 1}, 0);
  name.put_text(2, "wg0");
  REQUIRE(reader.add(check::first_message(name.take())).ok());
  const auto device = reader.take();
  REQUIRE(device.ok());
  CHECK(device.value().listen_port == 51'820);
  CHECK(device.value().fwmark == 42);
  REQUIRE(device.value().peers.size() == 3);
  for (const auto& peer : device.value().peers) CHECK(peer.allowed_ips.size() == 700);
  CHECK(device.value().peers[1].endpoint->address.family == Family::kIpv6);
}

TEST_CASE("WireGuard keys, endpoints and prefixes that cannot be are refused without their text") {
  const auto refuse = [](auto change) {
    wireguard::SetDevice command;
    wireguard::PeerCommand peer;
    peer.public_key = ByteBuffer(32, 1);
    change(command, peer);
    command.peers = std::vector<wireguard::PeerCommand>{peer};
    return wireguard::encode_set_device(32, command);
  };
  CHECK(refuse([](auto&, auto&) {}).ok());
  CHECK(refuse([](auto& device, auto&) { device.private_key = ByteBuffer(31, 1); }).failure().detail == "privateKey must have 32 bytes");
  CHECK_FALSE(refuse([](auto&, auto& peer) { peer.public_key.pop_back(); }).ok());
  CHECK_FALSE(refuse([](auto&, auto& peer) { peer.preshared_key = ByteBuffer(33); }).ok());
  CHECK_FALSE(refuse([](auto&, auto& peer) { peer.endpoint = wireguard::EndpointCommand{"a.example", 1, {}}; }).ok());
  CHECK_FALSE(refuse([](auto&, auto& peer) { peer.endpoint = wireguard::EndpointCommand{"192.0.2.1", 0, {}}; }).ok());
  CHECK_FALSE(refuse([](auto&, auto& peer) { peer.allowed_ips = std::vector<std::string>{"192.0.2.0"}; }).ok());
}
