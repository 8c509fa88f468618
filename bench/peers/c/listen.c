// listen FIRST_PORT PORTS: accepts TCP connections on the ports and resets each at once, so that no side remembers it.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "netlink.h"

enum { kBacklog = 4096, kEvents = 64 };

static void listen_on(int epoll, uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(fd, (struct sockaddr*)&address, sizeof address) < 0 || listen(fd, kBacklog) < 0) die("listen");
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  int epoll = epoll_create1(0);
  for (int i = 0; i < atoi(argv[2]); ++i) listen_on(epoll, (uint16_t)(atoi(argv[1]) + i));
  say("ready");
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  struct epoll_event events[kEvents];
  for (;;) {
    int count = epoll_wait(epoll, events, kEvents, -1);
    for (int i = 0; i < count; ++i) {
      for (int fd; (fd = accept4(events[i].data.fd, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
      }
    }
  }
}
