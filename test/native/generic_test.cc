// Generic netlink in the engine: lists from what a kernel sent, families, and what a kernel without the family is answered.
#include "engine/generic_dumps.hh"
#include "engine/generic_list.hh"
#include "engine/generic_writer.hh"

#include "check.hh"
#include "engine/encode_generic.hh"
#include "golden.hh"

using namespace vn;
using namespace vn::engine;

namespace {

std::vector<Event> list_of(GenericSubject what, const std::string& name) {
  GenericList list(what);
  golden::for_each_message(golden::load_datagrams(name), [&](const netlink::Message& message) { REQUIRE(list.add(message).ok()); });
  auto records = list.take();
  REQUIRE(records.ok());
  return std::move(records.value());
}

template <class Noun>
const Noun& noun_of(const Event& record) {
  const auto* noun = std::get_if<Noun>(&record.body);
  REQUIRE(noun != nullptr);
  return *noun;
}

/// What the kernel says of a family that it lacks, or of loopback where it has it.
bool is_refusal_of_loopback(int error_number) {
  return error_number == EPROTONOSUPPORT || error_number == ENODEV || error_number == EPERM || error_number == EOPNOTSUPP;
}

}  // namespace

TEST_CASE("each subject's messages become its records") {
  for (const Event& record : list_of(GenericSubject::kScanResults, "nl80211/scan")) CHECK(record.type == EventType::kBss);
  for (const Event& record : list_of(GenericSubject::kWirelessInterfaces, "nl80211/interface")) {
    CHECK(record.type == EventType::kWirelessInterface);
  }
  CHECK(list_of(GenericSubject::kStations, "nl80211/station").at(0).type == EventType::kWirelessStation);
  CHECK(list_of(GenericSubject::kRegulatoryDomains, "nl80211/reg").at(0).type == EventType::kRegulatoryDomain);
  const auto radios = list_of(GenericSubject::kRadios, "nl80211/wiphy");
  REQUIRE(radios.size() == 1);
  CHECK_FALSE(noun_of<genl::nl80211::Wiphy>(radios[0]).bands.empty());
}

TEST_CASE("a WireGuard device with many allowed IPs is handed over in pieces that make the whole") {
  const auto whole = [] {
    genl::wireguard::DeviceReader reader;
    golden::for_each_message(golden::load_datagrams("wireguard/many"), [&](const netlink::Message& message) { REQUIRE(reader.add(message).ok()); });
    return reader.take().value();
  }();
  const auto records = list_of(GenericSubject::kWireguardDevice, "wireguard/many");
  REQUIRE(records.size() > 1);
  std::vector<genl::wireguard::Peer> peers;
  for (const Event& record : records) {
    const auto& piece = noun_of<genl::wireguard::Device>(record);
    CHECK(piece.ifindex == whole.ifindex);
    std::size_t allowed_ips = 0;
    for (const auto& peer : piece.peers) {
      allowed_ips += peer.allowed_ips.size();
      if (peers.empty() || peers.back().public_key != peer.public_key) peers.push_back(peer);
      else peers.back().allowed_ips.insert(peers.back().allowed_ips.end(), peer.allowed_ips.begin(), peer.allowed_ips.end());
    }
    CHECK(piece.peers.size() <= GenericList::kPeersPerRecord);
    CHECK(allowed_ips <= GenericList::kAllowedIpsPerRecord);
  }
  REQUIRE(peers.size() == whole.peers.size());
  for (std::size_t i = 0; i < peers.size(); ++i) {
    CHECK(peers[i].public_key == whole.peers[i].public_key);
    CHECK(peers[i].allowed_ips.size() == whole.peers[i].allowed_ips.size());
  }
}

TEST_CASE("a WireGuard device without peers is one record") {
  const auto records = list_of(GenericSubject::kWireguardDevice, "wireguard/new");
  REQUIRE(records.size() == 1);
  CHECK(noun_of<genl::wireguard::Device>(records[0]).peers.empty());
}

TEST_CASE("a list that told of no device is no device") {
  CHECK(GenericList(GenericSubject::kWireguardDevice).take().failure().error_number == EBADMSG);
}

TEST_CASE("lists of a link want its index") {
  for (const auto what : {GenericSubject::kScanResults, GenericSubject::kStations, GenericSubject::kWireguardDevice}) {
    CHECK(encode_list({what, std::nullopt}, 33).failure().error_number == EINVAL);
    CHECK(encode_list({what, 5U}, 33).ok());
  }
  for (const auto what : {GenericSubject::kRadios, GenericSubject::kWirelessInterfaces, GenericSubject::kRegulatoryDomains}) {
    CHECK(encode_list({what, std::nullopt}, 33).ok());
  }
}

TEST_CASE("what is no command of generic netlink is not encoded as one") {
  CHECK(is_generic_write(CommandType::kAbortScan));
  CHECK_FALSE(is_generic_write(CommandType::kListGeneric));
  CHECK_FALSE(is_generic_write(CommandType::kSetLink));
  CHECK_FALSE(encode_generic({1, CommandType::kCancel, Cancel{}}, 33).ok());
}

TEST_CASE("families are found by name; what is not there is asked for again and again") {
  Families families;
  const auto controller = families.find("nlctrl");
  REQUIRE(controller.ok());
  CHECK(controller.value().id == genl::kControllerId);
  families.forget("nlctrl");
  CHECK(families.find("nlctrl").ok());
  for (int i = 0; i < 2; ++i) {
    const auto none = families.find("no_such_family");
    REQUIRE_FALSE(none.ok());
    CHECK(none.failure().error_number == EPROTONOSUPPORT);
    CHECK(none.failure().detail == "the kernel has no no_such_family");
  }
}

TEST_CASE("a command to a link without a radio is answered with the kernel's refusal") {
  Families families;
  GenericWriter writer(families);
  std::vector<Event> replies;
  CHECK(writer.run({7, CommandType::kAbortScan, AbortScan{1}}, replies));
  REQUIRE(replies.size() == 1);
  const auto& reply = noun_of<Reply>(replies[0]);
  CHECK(reply.id == 7);
  REQUIRE(reply.error.has_value());
  CHECK(is_refusal_of_loopback(reply.error->error_number));
  CHECK(reply.error->operation == "abortScan");
}

TEST_CASE("a secret that is refused does not show") {
  Families families;
  GenericWriter writer(families);
  std::vector<Event> replies;
  genl::wireguard::SetDevice command;
  command.ifindex = 1;
  command.private_key = ByteBuffer(31, 'k');
  CHECK(writer.run({8, CommandType::kSetWireguardDevice, command}, replies));
  REQUIRE(replies.size() == 1);
  const auto& reply = noun_of<Reply>(replies[0]);
  REQUIRE(reply.error.has_value());
  CHECK(reply.error->message.find("kkk") == std::string::npos);
}

TEST_CASE("each list is answered, also where many wait") {
  auto loop = EventLoop::open();
  REQUIRE(loop.ok());
  Families families;
  GenericDumps dumps(loop.value(), Source::kGenericDump, families);
  std::vector<GenericEnd> ends;
  for (Id id = 1; id <= 10; ++id) dumps.start(id, {GenericSubject::kScanResults, 1U}, ends);
  for (int i = 0; i < 100 && ends.size() < 10; ++i) {
    REQUIRE(loop.value().wait(1'000).ok());
    dumps.ready(ends);
  }
  REQUIRE(ends.size() == 10);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    CHECK(ends[i].id == i + 1);
    REQUIRE(ends[i].failure.has_value());
    CHECK(is_refusal_of_loopback(ends[i].failure->error_number));
  }
}
