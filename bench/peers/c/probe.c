// probe COUNT OUTSTANDING ADDRESS PORT IFNAME: COUNT TCP connects that leave by the link, OUTSTANDING at a time, each
// closed as soon as it stands; twice, as the others do it, and prints milliseconds of the second time and how many connected.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "netlink.h"

enum { kEvents = 256 };

static struct sockaddr_in target = {.sin_family = AF_INET};
static const char* ifname;
static int epoll;

static void start(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ifname, (socklen_t)strlen(ifname)) < 0) die("SO_BINDTODEVICE");
  if (connect(fd, (struct sockaddr*)&target, sizeof target) < 0 && errno != EINPROGRESS) die("connect");
  struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

// Closes with a reset; returns 1 when the connection stood.
static int end(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(fd);
  // The listener resets what it accepted; that may come before we look.
  return error == 0 || error == ECONNRESET;
}

static void probe_all(int count, int outstanding, int tell) {
  uint64_t started_ns = now_ns();
  int started = 0;
  int connected = 0;
  for (int ended = 0; ended < count;) {
    for (; started < count && started - ended < outstanding; ++started) start();
    struct epoll_event events[kEvents];
    int ready = epoll_wait(epoll, events, kEvents, -1);
    for (int i = 0; i < ready; ++i) connected += end(events[i].data.fd);
    ended += ready < 0 ? 0 : ready;
  }
  if (tell) say("{\"ms\":%.3f,\"connected\":%d}", (double)(now_ns() - started_ns) / 1e6, connected);
}

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  int count = atoi(argv[1]);
  int outstanding = atoi(argv[2]);
  target.sin_addr.s_addr = inet_addr(argv[3]);
  target.sin_port = htons((uint16_t)atoi(argv[4]));
  ifname = argv[5];
  epoll = epoll_create1(EPOLL_CLOEXEC);
  probe_all(count, outstanding, 0);
  probe_all(count, outstanding, 1);
  return 0;
}
