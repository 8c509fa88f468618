// failover WATCHED GATEWAY OTHER OTHER_GATEWAY METRIC: when the watched link loses its carrier, replaces the default route by
// the one over the other link and prints when the kernel had acknowledged it; when the carrier is back, puts the first
// route in its place again and prints `restored`. A prepared message each, one socket for events, one for commands.

#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/if.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "control.h"
#include "netlink.h"

extern unsigned if_nametoindex(const char* name);

enum { kOurProtocol = 183 };

static void prepare(struct request* request, uint32_t ifindex, const char* gateway, uint32_t metric) {
  struct rtmsg* body = request_message(request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, sizeof *body);
  *body = (struct rtmsg){.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = kOurProtocol,
                         .rtm_type = RTN_UNICAST, .rtm_scope = RT_SCOPE_UNIVERSE};
  uint32_t address = inet_addr(gateway);
  request_attribute(request, RTA_GATEWAY, &address, sizeof address);
  request_u32(request, RTA_OIF, ifindex);
  request_u32(request, RTA_PRIORITY, metric);
}

static uint64_t replace(const struct request* prepared, int fd) {
  if (send(fd, prepared->bytes, prepared->used, 0) < 0) die("send");
  netlink_await_ack(fd, prepared->last->nlmsg_seq);
  return now_ns();
}

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  int watched = (int)if_nametoindex(argv[1]);
  uint32_t metric = (uint32_t)atoi(argv[5]);
  static struct request original;
  static struct request other;
  prepare(&original, (uint32_t)watched, argv[2], metric);
  prepare(&other, if_nametoindex(argv[3]), argv[4], metric);
  int events = netlink_open(RTMGRP_LINK);
  int commands = netlink_open(0);
  static _Alignas(NLMSG_ALIGNTO) unsigned char reply[kReplyBytes];
  int carrier = 1;
  say("ready");
  for (;;) {
    ssize_t received = recv(events, reply, sizeof reply, 0);
    if (received < 0) die("recv");
    size_t left = (size_t)received;
    for (struct nlmsghdr* header = (struct nlmsghdr*)reply; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      const struct ifinfomsg* link = NLMSG_DATA(header);
      if (header->nlmsg_type != RTM_NEWLINK || link->ifi_index != watched) continue;
      int now = (link->ifi_flags & IFF_LOWER_UP) != 0;
      if (carrier && !now) say("%" PRIu64, replace(&other, commands));
      if (!carrier && now) {
        replace(&original, commands);
        say("restored");
      }
      carrier = now;
    }
  }
}
