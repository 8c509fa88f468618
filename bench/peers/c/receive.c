// receive plain|gather|handed BUFFER_BYTES: hears address changes and decodes each into a struct, as a program that acts on
// them must. `gather`: after the first event of a burst it waits 1 ms, so that one wake-up brings many. `handed`: a second
// thread sleeps, and is told of each.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "netlink.h"

enum { kMessages = 128, kMessageBytes = 8 * 1024, kMaxStamps = 1 << 20, kGatherNs = 1000 * 1000 };

struct address {
  int gone;
  uint32_t ifindex;
  uint8_t family;
  uint8_t prefix_length;
  unsigned char bytes[16];
  char label[16];
};

static struct tally tally;
static struct address latest;
static int granted_bytes;
// When each event was read; only the latency case asks for them, and its events fit.
static uint64_t stamps[kMaxStamps];

static int decode(const struct nlmsghdr* header, struct address* address) {
  if (header->nlmsg_type != RTM_NEWADDR && header->nlmsg_type != RTM_DELADDR) return 0;
  const struct ifaddrmsg* body = NLMSG_DATA(header);
  memset(address, 0, sizeof *address);
  address->gone = header->nlmsg_type == RTM_DELADDR;
  address->ifindex = body->ifa_index;
  address->family = body->ifa_family;
  address->prefix_length = body->ifa_prefixlen;
  size_t left = IFA_PAYLOAD(header);
  int local = 0;
  for (const struct rtattr* at = IFA_RTA(body); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    size_t bytes = RTA_PAYLOAD(at);
    if (at->rta_type == IFA_LABEL) {
      memcpy(address->label, RTA_DATA(at), bytes < sizeof address->label ? bytes : sizeof address->label - 1);
    } else if ((at->rta_type == IFA_LOCAL || (at->rta_type == IFA_ADDRESS && !local)) && bytes <= 16) {
      local = at->rta_type == IFA_LOCAL;
      memcpy(address->bytes, RTA_DATA(at), bytes);
    }
  }
  return 1;
}

// The other thread's bell; -1 where there is none.
static int bell = -1;

static void count_one(void) {
  uint64_t events = atomic_load_explicit(&tally.events, memory_order_relaxed);
  if (events < kMaxStamps) stamps[events] = tally.last_at_ns;
  atomic_store_explicit(&tally.events, events + 1, memory_order_release);
}

static void* count_handed(void* unused) {
  (void)unused;
  for (;;) {
    uint64_t told = 0;
    if (read(bell, &told, sizeof told) != sizeof told) die("read(eventfd)");
    tally.last_at_ns = now_ns();
    for (; told > 0; --told) count_one();
  }
}

static void hand_over(void) {
  const uint64_t one = 1;
  if (write(bell, &one, sizeof one) != sizeof one) die("write(eventfd)");
}

static void take(const struct mmsghdr* message) {
  size_t left = message->msg_len;
  const struct nlmsghdr* header = message->msg_hdr.msg_iov->iov_base;
  for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
    if (!decode(header, &latest)) continue;
    __asm__ volatile("" : : "m"(latest));  // as if somebody read it
    if (bell < 0) count_one();
    else hand_over();
  }
}

static void report(uint64_t events, uint64_t cpu) {
  printf("{\"events\":%llu,\"cpuUs\":%llu,\"overruns\":%llu,\"bufferBytes\":%d,\"lastAtNs\":%llu",
         (unsigned long long)events, (unsigned long long)cpu, (unsigned long long)tally.overruns, granted_bytes,
         (unsigned long long)tally.last_at_ns);
  uint64_t all = tally.events;
  printf(",\"stampsNs\":[");
  for (uint64_t i = all - events; events <= 10000 && i < all; ++i) {
    printf("%s%llu", i == all - events ? "" : ",", (unsigned long long)stamps[i]);
  }
  say("]}");
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  int gather = strcmp(argv[1], "gather") == 0;
  if (strcmp(argv[1], "handed") == 0) {
    pthread_t thread;
    bell = eventfd(0, EFD_CLOEXEC);
    if (bell < 0 || pthread_create(&thread, NULL, count_handed, NULL) != 0) die("a second thread");
    pthread_detach(thread);
  }
  int fd = netlink_open(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
  granted_bytes = netlink_receive_buffer(fd, atoi(argv[2]));
  static unsigned char buffers[kMessages][kMessageBytes];
  struct iovec parts[kMessages];
  struct mmsghdr messages[kMessages] = {0};
  for (int i = 0; i < kMessages; ++i) {
    parts[i] = (struct iovec){buffers[i], kMessageBytes};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  control_start(&tally, report);
  say("ready %d", granted_bytes);
  for (int flags = MSG_WAITFORONE;;) {
    int count = recvmmsg(fd, messages, kMessages, flags, NULL);
    if (count < 0 && errno == ENOBUFS) {
      tally.overruns++;
    } else if (count < 0 && errno == EAGAIN) {
      flags = MSG_WAITFORONE;
    } else if (count < 0) {
      die("recvmmsg");
    } else {
      if (bell < 0) tally.last_at_ns = now_ns();
      for (int i = 0; i < count; ++i) take(&messages[i]);
      if (gather && flags == MSG_WAITFORONE) nanosleep(&(struct timespec){0, kGatherNs}, NULL);
      if (gather) flags = MSG_DONTWAIT;
    }
  }
}
