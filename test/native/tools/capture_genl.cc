// Asks the kernel by our own requests and writes its datagrams as they came: each as a u32 length, little-endian, and its
// bytes. What scripts/goldens/genl.mjs runs in the virtual machine.
//
//   capture_genl family NAME | wireguard IFNAME | wiphy (the first) | interface | scan IFNAME | station IFNAME | reg   > file.bin
//   capture_genl events GROUP...    what nl80211 (or "nlctrl") tells, until its standard input ends  > file.bin
//   capture_genl trigger-scan IFNAME MHZ... | set-reg ALPHA2                     sends the command and prints its errno
//   capture_genl set-wireguard IFNAME PEERS ADDRESSES    as many peers, with as many allowed IPs each
#include <net/if.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "genl/family.hh"
#include "genl/nl80211/bss.hh"
#include "genl/nl80211/interface.hh"
#include "genl/nl80211/reg.hh"
#include "genl/nl80211/scan.hh"
#include "genl/nl80211/station.hh"
#include "genl/nl80211/wiphy.hh"
#include "genl/wireguard/device.hh"
#include "netlink/acknowledgement.hh"
#include "netlink/socket.hh"

using namespace vn;

namespace {

constexpr std::size_t kDatagramBytes = 64 * 1024;
constexpr int kAnswerTimeoutMs = 10'000;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "capture_genl: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

netlink::Socket open_socket() {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC));
  if (!fd.valid()) give_up("socket");
  // Without a port of its own a socket hears no multicast.
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) give_up("bind");
  return netlink::Socket::adopt(std::move(fd));
}

void write_datagram(ByteView bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  if (std::fwrite(&length, sizeof length, 1, stdout) != 1 || std::fwrite(bytes.data(), 1, length, stdout) != length) give_up("write");
}

/// Calls visit with every datagram until it returns false.
template <class Visit>
void receive(const netlink::Socket& socket, Visit visit) {
  netlink::Receiver receiver(1, kDatagramBytes);
  while (true) {
    pollfd waiting{socket.fd(), POLLIN, 0};
    if (poll(&waiting, 1, kAnswerTimeoutMs) != 1) give_up("no answer");
    const auto count = receiver.receive(socket);
    if (!count.ok()) give_up("receive");
    if (count.value() > 0 && !visit(receiver.datagram(0))) return;
  }
}

/// True where the datagram ends what was asked; an error of the kernel ends the program.
bool is_last(ByteView datagram, bool dump) {
  netlink::MessageReader reader(datagram);
  while (const auto message = reader.next()) {
    if (message->type == NLMSG_DONE) return true;
    if (message->type != NLMSG_ERROR) continue;
    const auto answer = netlink::decode_acknowledgement(*message);
    errno = answer ? answer->error_number : EBADMSG;
    if (errno != 0) give_up(answer && !answer->text.empty() ? answer->text.c_str() : "refused");
    return true;
  }
  return !dump;
}

/// Sends one request; what comes back is written, unless it is an acknowledgement only.
void ask(const ByteBuffer& request, bool dump) {
  const netlink::Socket socket = open_socket();
  if (!socket.send(request).ok()) give_up("send");
  receive(socket, [&](ByteView datagram) {
    netlink::MessageReader reader(datagram);
    const auto first = reader.next();
    if (first && first->type != NLMSG_ERROR) write_datagram(datagram);
    return !is_last(datagram, dump);
  });
}

genl::FamilyInfo find_family(const char* name) {
  const netlink::Socket socket = open_socket();
  const auto request = genl::encode_get_family(name);
  if (!request.ok() || !socket.send(request.value()).ok()) give_up("send");
  genl::FamilyInfo found;
  receive(socket, [&](ByteView datagram) {
    netlink::MessageReader reader(datagram);
    const auto message = reader.next();
    if (message && message->type == NLMSG_ERROR) (void)is_last(datagram, false);
    const auto family = message ? genl::decode_family(*message) : Result<std::optional<genl::FamilyInfo>>(Failure{});
    if (!family.ok() || !family.value()) give_up("not a family");
    found = *family.value();
    return false;
  });
  return found;
}

std::uint32_t index_of(const char* ifname) {
  const unsigned int index = if_nametoindex(ifname);
  if (index == 0) give_up(ifname);
  return index;
}

void follow(const std::vector<const char*>& groups) {
  const netlink::Socket socket = open_socket();
  const bool controller = std::strcmp(groups.front(), "nlctrl") == 0;
  const genl::FamilyInfo family = controller ? genl::FamilyInfo{} : find_family("nl80211");
  for (const char* name : groups) {
    const std::uint32_t group = controller ? genl::kControllerGroup : family.group_id(name).value_or(0);
    if (setsockopt(socket.fd(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0) give_up(name);
  }
  std::fprintf(stderr, "listening\n");
  netlink::Receiver receiver(1, kDatagramBytes);
  while (true) {
    pollfd waiting[2] = {{socket.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0) give_up("poll");
    if (waiting[0].revents != 0) {
      const auto count = receiver.receive(socket);
      if (!count.ok()) give_up("receive");
      if (count.value() > 0) write_datagram(receiver.datagram(0));
    } else if (waiting[1].revents != 0) return;
  }
}

void trigger_scan(const std::vector<const char*>& words) {
  genl::nl80211::TriggerScan command;
  command.ifindex = index_of(words.at(0));
  command.frequencies_mhz.emplace();
  for (std::size_t i = 1; i < words.size(); ++i) command.frequencies_mhz->push_back(static_cast<std::uint32_t>(std::atoi(words[i])));
  const auto request = genl::nl80211::encode({find_family("nl80211").id, 1}, command);
  if (!request.ok()) give_up(request.failure().detail.c_str());
  ask(request.value(), false);
}

/// A key that anybody can see is none: its number in the first bytes.
ByteBuffer numbered_key(std::size_t number) {
  ByteBuffer key(genl::wireguard::kKeyBytes, 0x11);
  store(key, 0, static_cast<std::uint32_t>(number));
  return key;
}

void set_wireguard(const char* ifname, std::size_t peers, std::size_t addresses) {
  genl::wireguard::SetDevice command;
  command.ifindex = index_of(ifname);
  command.listen_port = 51'820;
  command.replace_peers = true;
  command.peers.emplace();
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < peers; ++i) {
    genl::wireguard::PeerCommand peer;
    peer.public_key = numbered_key(i + 1);
    peer.keepalive_seconds = static_cast<std::uint16_t>(i % 60);
    peer.endpoint = genl::wireguard::EndpointCommand{"2001:db8::1", static_cast<std::uint16_t>(1'000 + i), {}};
    peer.replace_allowed_ips = true;
    peer.allowed_ips.emplace();
    for (std::size_t k = 0; k < addresses; ++k, ++next) {
      peer.allowed_ips->push_back("10." + std::to_string(next >> 16) + "." + std::to_string((next >> 8) & 255) + "." + std::to_string(next & 255) + "/32");
    }
    command.peers->push_back(std::move(peer));
  }
  const auto requests = genl::wireguard::encode_set_device(find_family("wireguard").id, command);
  if (!requests.ok()) give_up(requests.failure().detail.c_str());
  std::fprintf(stderr, "%zu requests\n", requests.value().size());
  for (const ByteBuffer& request : requests.value()) ask(request, false);
}

int run(const std::string& what, const std::vector<const char*>& words) {
  if (what == "events") follow(words);
  else if (what == "family") ask(genl::encode_get_family(words.at(0)).value(), false);
  else if (what == "wireguard") ask(genl::wireguard::encode_get_device(find_family("wireguard").id, 0, words.at(0)), true);
  else if (what == "set-wireguard") set_wireguard(words.at(0), std::strtoul(words.at(1), nullptr, 10), std::strtoul(words.at(2), nullptr, 10));
  else if (what == "trigger-scan") trigger_scan(words);
  else {
    const genl::Target target{find_family("nl80211").id, 1};
    if (what == "wiphy") ask(genl::nl80211::encode_wiphy_dump(target, 0), true);
    else if (what == "interface") ask(genl::nl80211::encode_interface_dump(target), true);
    else if (what == "scan") ask(genl::nl80211::encode_scan_dump(target, index_of(words.at(0))), true);
    else if (what == "station") ask(genl::nl80211::encode_station_dump(target, index_of(words.at(0))), true);
    else if (what == "reg") ask(genl::nl80211::encode_reg_dump(target), true);
    else if (what == "set-reg") ask(genl::nl80211::encode(target, genl::nl80211::RequestRegulatory{words.at(0)}).value(), false);
    else return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  return run(argv[1], std::vector<const char*>(argv + 2, argv + argc));
}
