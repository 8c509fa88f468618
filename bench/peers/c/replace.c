// replace bulk|single TABLE COUNT IFNAME: for each line on standard input, a gateway, replaces COUNT host routes of
// 198.18.0.0/15 so that they lead there; answers with milliseconds. `bulk` sends batches of at most 64 KiB, of which the
// last message asks for its acknowledgement; `single` waits for each route's own.

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "netlink.h"

// More than one of our messages takes.
enum { kMessageRoom = 128, kOurProtocol = 183 };

struct route {
  uint32_t destination;
  uint32_t gateway;
  uint32_t ifindex;
  uint32_t table;
  uint32_t metric;
};

static void append(struct request* request, const struct route* route) {
  struct rtmsg* body = request_message(request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, sizeof *body);
  *body = (struct rtmsg){.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_protocol = kOurProtocol, .rtm_type = RTN_UNICAST,
                         .rtm_scope = RT_SCOPE_UNIVERSE};
  request_u32(request, RTA_DST, route->destination);
  request_u32(request, RTA_GATEWAY, route->gateway);
  request_u32(request, RTA_OIF, route->ifindex);
  request_u32(request, RTA_TABLE, route->table);
  request_u32(request, RTA_PRIORITY, route->metric);
}

static void send_with_ack(struct request* request, int fd) {
  request->last->nlmsg_flags |= NLM_F_ACK;
  uint32_t sequence = request->last->nlmsg_seq;
  request_send(request, fd);
  netlink_await_ack(fd, sequence);
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  int bulk = strcmp(argv[1], "bulk") == 0;
  uint32_t count = (uint32_t)atoi(argv[3]);
  struct route* routes = calloc(count, sizeof *routes);
  for (uint32_t i = 0; i < count; ++i) {
    routes[i] = (struct route){.destination = htonl(0xc6120000u + i), .ifindex = if_nametoindex(argv[4]),
                               .table = (uint32_t)atoi(argv[2]), .metric = 100};
  }
  int fd = netlink_open(0);
  static struct request request;
  char line[64];
  say("ready");
  while (read_line(line, sizeof line)) {
    uint32_t gateway = inet_addr(line);
    for (uint32_t i = 0; i < count; ++i) routes[i].gateway = gateway;
    uint64_t started_ns = now_ns();
    for (uint32_t i = 0; i < count; ++i) {
      append(&request, &routes[i]);
      if (!bulk || i + 1 == count || request.used + kMessageRoom > kRequestBytes) send_with_ack(&request, fd);
    }
    say("{\"ms\":%.3f}", (double)(now_ns() - started_ns) / 1e6);
  }
  return 0;
}
