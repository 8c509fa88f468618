// capture dump TYPE FAMILY FILE: asks for a dump and stores the kernel's datagrams as they came.
// capture watch WHAT FILE: stores notifications from the line 'watching' on until standard input ends. WHAT is 'nouns' (every
// group of our nouns), 'advertisements' (what they say of name servers) or 'uevents'.
// A datagram is stored as its length (u32, little-endian) and its bytes. scripts/goldens.mjs runs it in a world of its own.
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <poll.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "diag/tcp_socket.hh"
#include "netlink/message.hh"
#include "netlink/message_writer.hh"
#include "netlink/socket.hh"

using namespace vn;

namespace {

constexpr std::size_t kDatagrams = 16;
/// The kernel's dumps fill at most 32 KiB.
constexpr std::size_t kDatagramBytes = 32 * 1024;
/// A script of some hundred changes fits several times.
constexpr int kReceiveBufferBytes = 4 * 1024 * 1024;
/// How long the kernel may keep silent within a dump.
constexpr int kSilenceLimitMs = 10'000;

constexpr std::uint32_t group_bit(unsigned int group) { return 1U << (group - 1U); }
constexpr std::uint32_t kGroups = group_bit(RTNLGRP_LINK) | group_bit(RTNLGRP_NEIGH) | group_bit(RTNLGRP_IPV4_IFADDR) |
                                  group_bit(RTNLGRP_IPV6_IFADDR) | group_bit(RTNLGRP_IPV4_ROUTE) |
                                  group_bit(RTNLGRP_IPV6_ROUTE) | group_bit(RTNLGRP_IPV4_RULE) |
                                  group_bit(RTNLGRP_IPV6_RULE) | group_bit(RTNLGRP_NEXTHOP);
/// The kernel's own uevents; udev's have another group.
constexpr std::uint32_t kUeventGroups = 1;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// The file that the datagrams go to.
class Store {
 public:
  explicit Store(const char* path) : file_(std::fopen(path, "wb")) {
    if (file_ == nullptr) die(path);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() {
    if (std::fclose(file_) != 0) die("close");
  }

  void put(ByteView datagram) {
    const auto length = static_cast<std::uint32_t>(datagram.size());
    for (unsigned int shift = 0; shift < 32; shift += 8) std::fputc(static_cast<int>((length >> shift) & 0xffU), file_);
    if (std::fwrite(datagram.data(), 1, datagram.size(), file_) != datagram.size()) die("write");
  }

 private:
  std::FILE* file_;
};

/// The fixed header of each dump request begins with the family, and everything behind it is 0.
ByteBuffer dump_request(std::string_view type, std::uint8_t family) {
  const auto request = [&](std::uint16_t number, auto header) {
    std::memcpy(&header, &family, sizeof family);
    return netlink::MessageWriter(number, NLM_F_REQUEST | NLM_F_DUMP, header).take();
  };
  if (type == "link") {
    ifinfomsg header{};
    header.ifi_family = family;
    netlink::MessageWriter writer(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, header);
    writer.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    return writer.take();
  }
  if (type == "tcpSocket") {
    diag::TcpSocketFilter filter;
    filter.family = family == AF_INET ? Family::kIpv4 : Family::kIpv6;
    return diag::encode_tcp_socket_dump(filter);
  }
  if (type == "address") return request(RTM_GETADDR, ifaddrmsg{});
  if (type == "route") return request(RTM_GETROUTE, rtmsg{});
  if (type == "rule") return request(RTM_GETRULE, fib_rule_hdr{});
  if (type == "neighbour") return request(RTM_GETNEIGH, ndmsg{});
  if (type == "nexthop") return request(RTM_GETNEXTHOP, nhmsg{});
  std::fprintf(stderr, "no such dump\n");
  std::exit(2);
}

/// True where the datagram ends a dump.
bool ends_dump(ByteView datagram) {
  netlink::MessageReader reader(datagram);
  while (const auto message = reader.next()) {
    if (message->type == NLMSG_DONE) return true;
    if (message->type == NLMSG_ERROR) {
      std::fprintf(stderr, "the kernel refuses the dump\n");
      std::exit(1);
    }
  }
  return false;
}

/// Stores what is queued; true where a dump has ended in it.
bool drain(const netlink::Socket& socket, netlink::Receiver& receiver, Store& store, bool of_dump) {
  bool ended = false;
  while (true) {
    const auto count = receiver.receive(socket);
    if (!count.ok()) die("receive");
    if (count.value() == 0) return ended;
    for (std::size_t i = 0; i < count.value(); ++i) {
      if (receiver.truncated(i)) die("a datagram is longer than the buffer");
      if (receiver.datagram(i).empty()) continue;  // not the kernel's
      store.put(receiver.datagram(i));
      ended = ended || (of_dump && ends_dump(receiver.datagram(i)));
    }
  }
}

void dump(std::string_view type, std::uint8_t family, const char* path) {
  netlink::SocketOptions options{0, kReceiveBufferBytes};
  if (type == "tcpSocket") options.protocol = NETLINK_SOCK_DIAG;
  const auto socket = netlink::Socket::open(options);
  if (!socket.ok() || !socket.value().send(dump_request(type, family)).ok()) die("dump");
  netlink::Receiver receiver(kDatagrams, kDatagramBytes);
  Store store(path);
  for (bool ended = false; !ended;) {
    pollfd waiting{socket.value().fd(), POLLIN, 0};
    if (poll(&waiting, 1, kSilenceLimitMs) <= 0) die("the kernel keeps silent");
    ended = drain(socket.value(), receiver, store, true);
  }
}

void watch(std::string_view what, const char* path) {
  netlink::SocketOptions options{kGroups, kReceiveBufferBytes};
  if (what == "advertisements") options.groups = group_bit(RTNLGRP_ND_USEROPT);
  if (what == "uevents") {
    options.protocol = NETLINK_KOBJECT_UEVENT;
    options.groups = kUeventGroups;
  }
  const auto socket = netlink::Socket::open(options);
  if (!socket.ok()) die("watch");
  netlink::Receiver receiver(kDatagrams, kDatagramBytes);
  Store store(path);
  std::puts("watching");
  std::fflush(stdout);
  while (true) {
    pollfd waiting[] = {{socket.value().fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0) die("poll");
    (void)drain(socket.value(), receiver, store, false);
    if (waiting[1].revents != 0) break;
  }
  // What was done before standard input ended is queued by now: the kernel notifies before it answers.
  (void)drain(socket.value(), receiver, store, false);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "dump" && argc == 5) dump(argv[2], static_cast<std::uint8_t>(std::atoi(argv[3])), argv[4]);
  else if (mode == "watch" && argc == 4) watch(argv[2], argv[3]);
  else {
    std::fprintf(stderr, "usage: capture dump TYPE FAMILY FILE | capture watch WHAT FILE\n");
    return 2;
  }
  return 0;
}
