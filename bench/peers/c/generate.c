// generate IFNAME: makes the changes that are measured, as told in lines:
//   storm COUNT        COUNT address changes, 64 a send, as fast as they go; answers with the seconds it took
//   paced COUNT US     the same, but the sends are US apart
//   spaced COUNT US    COUNT address changes, one a send, US apart; answers with the times just before each send
//   down | up          the link; answers with the time just before the system call
// The link should be down for address changes: then they bring no route changes with them.

#include <arpa/inet.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"
#include "netlink.h"

enum { kBatch = 64 };

static int fd;
static uint32_t ifindex;
static struct request request;

// The changes go over 64 addresses of 203.0.113.0/24: all of them added, all of them deleted, and so on.
static void append_change(uint64_t number) {
  uint16_t add = (number / kBatch) % 2 == 0;
  struct ifaddrmsg* body =
      request_message(&request, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0, sizeof *body);
  *body = (struct ifaddrmsg){.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = ifindex};
  uint32_t address = htonl(0xcb007101u + (uint32_t)(number % kBatch));
  request_attribute(&request, IFA_LOCAL, &address, sizeof address);
  request_attribute(&request, IFA_ADDRESS, &address, sizeof address);
}

static void send_with_ack(void) {
  request.last->nlmsg_flags |= NLM_F_ACK;
  uint32_t sequence = request.last->nlmsg_seq;
  request_send(&request, fd);
  netlink_await_ack(fd, sequence);
}

// Goes on where the last call ended.
static uint64_t made;

static void storm(uint64_t count, long gap_us) {
  uint64_t started_ns = now_ns();
  for (uint64_t i = 0; i < count; ++i) {
    append_change(made++);
    if (made % kBatch != 0 && i + 1 != count) continue;
    send_with_ack();
    if (gap_us > 0) nanosleep(&(struct timespec){0, gap_us * 1000}, NULL);
  }
  say("%.6f", (double)(now_ns() - started_ns) / 1e9);
}

static void spaced(uint64_t count, long gap_us) {
  uint64_t* stamps = calloc(count, sizeof *stamps);
  for (uint64_t i = 0; i < count; ++i) {
    nanosleep(&(struct timespec){0, gap_us * 1000}, NULL);
    append_change(made++);
    stamps[i] = now_ns();
    send_with_ack();
  }
  putchar('[');
  for (uint64_t i = 0; i < count; ++i) printf("%s%" PRIu64, i == 0 ? "" : ",", stamps[i]);
  say("]");
  free(stamps);
}

static void set_up(int up) {
  struct ifinfomsg* body = request_message(&request, RTM_NEWLINK, 0, sizeof *body);
  *body = (struct ifinfomsg){.ifi_index = (int)ifindex, .ifi_change = IFF_UP, .ifi_flags = up ? IFF_UP : 0};
  uint64_t at_ns = now_ns();
  send_with_ack();
  say("%" PRIu64, at_ns);
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  ifindex = if_nametoindex(argv[1]);
  if (ifindex == 0) die(argv[1]);
  fd = netlink_open(0);
  say("ready");
  char line[64];
  while (read_line(line, sizeof line)) {
    uint64_t count;
    long gap_us;
    if (sscanf(line, "storm %" SCNu64, &count) == 1) storm(count, 0);
    else if (sscanf(line, "paced %" SCNu64 " %ld", &count, &gap_us) == 2) storm(count, gap_us);
    else if (sscanf(line, "spaced %" SCNu64 " %ld", &count, &gap_us) == 2) spaced(count, gap_us);
    else if (strcmp(line, "down") == 0) set_up(0);
    else if (strcmp(line, "up") == 0) set_up(1);
    else die(line);
  }
  return 0;
}
