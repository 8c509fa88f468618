// dump TABLE: for each line on standard input one dump of the IPv4 routes of the table into an array of structs;
// answers with milliseconds, the number of routes, and how many of them have the first one's gateway.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "control.h"
#include "netlink.h"

struct route {
  uint32_t destination;
  uint32_t gateway;
  uint32_t ifindex;
  uint32_t table;
  uint32_t metric;
  uint8_t prefix_length;
  uint8_t protocol;
  uint8_t type;
  uint8_t scope;
};

struct routes {
  size_t count;
  size_t room;
  struct route* all;
};

static void append(struct routes* routes, const struct nlmsghdr* header) {
  if (routes->count == routes->room) {
    routes->room = routes->room == 0 ? 1024 : routes->room * 2;
    routes->all = realloc(routes->all, routes->room * sizeof *routes->all);
    if (routes->all == NULL) die("realloc");
  }
  const struct rtmsg* body = NLMSG_DATA(header);
  struct route* route = &routes->all[routes->count++];
  *route = (struct route){.prefix_length = body->rtm_dst_len, .protocol = body->rtm_protocol, .type = body->rtm_type,
                          .scope = body->rtm_scope, .table = body->rtm_table};
  size_t left = RTM_PAYLOAD(header);
  for (const struct rtattr* at = RTM_RTA(body); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (RTA_PAYLOAD(at) < sizeof(uint32_t)) continue;
    switch (at->rta_type) {
      case RTA_DST: route->destination = attribute_u32(at); break;
      case RTA_GATEWAY: route->gateway = attribute_u32(at); break;
      case RTA_OIF: route->ifindex = attribute_u32(at); break;
      case RTA_TABLE: route->table = attribute_u32(at); break;
      case RTA_PRIORITY: route->metric = attribute_u32(at); break;
      default: break;
    }
  }
}

// Appends what one receive brought; returns 1 at the end of the dump.
static int take(struct routes* routes, const unsigned char* reply, size_t left) {
  for (const struct nlmsghdr* header = (const struct nlmsghdr*)reply; NLMSG_OK(header, left);
       header = NLMSG_NEXT(header, left)) {
    if (header->nlmsg_type == NLMSG_DONE) return 1;
    if (header->nlmsg_type == NLMSG_ERROR) die("dump");
    if (header->nlmsg_type == RTM_NEWROUTE) append(routes, header);
  }
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int fd = netlink_open(0);
  netlink_set(fd, NETLINK_GET_STRICT_CHK);
  static struct request request;
  static _Alignas(NLMSG_ALIGNTO) unsigned char reply[kReplyBytes];
  char line[16];
  say("ready");
  while (read_line(line, sizeof line)) {
    uint64_t started_ns = now_ns();
    struct rtmsg* body = request_message(&request, RTM_GETROUTE, NLM_F_DUMP, sizeof *body);
    body->rtm_family = AF_INET;
    request_u32(&request, RTA_TABLE, (uint32_t)atoi(argv[1]));
    request_send(&request, fd);
    struct routes routes = {0};
    for (int done = 0; !done;) {
      ssize_t received = recv(fd, reply, sizeof reply, 0);
      if (received < 0) die("recv");
      done = take(&routes, reply, (size_t)received);
    }
    double ms = (double)(now_ns() - started_ns) / 1e6;
    size_t same = 0;
    for (size_t i = 0; i < routes.count; ++i) same += routes.all[i].gateway == routes.all[0].gateway;
    say("{\"ms\":%.3f,\"routes\":%zu,\"sameGateway\":%zu}", ms, routes.count, same);
    free(routes.all);
  }
  return 0;
}
