#include "netlink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint32_t next_sequence = 1;

_Noreturn void die(const char* operation) {
  fprintf(stderr, "%s: %s\n", operation, strerror(errno));
  exit(1);
}

uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t microseconds(struct timeval time) {
  return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec;
}

uint64_t cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

int netlink_open(uint32_t groups) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) die("socket");
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
  if (bind(fd, (struct sockaddr*)&address, sizeof address) < 0) die("bind");
  return fd;
}

int netlink_receive_buffer(int fd, int bytes) {
  if (bytes > 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0 &&
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0) {
    die("SO_RCVBUF");
  }
  int granted = 0;
  socklen_t length = sizeof granted;
  getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &length);
  return granted / 2;  // the kernel doubles what it is asked for
}

void netlink_set(int fd, int option) {
  int on = 1;
  if (setsockopt(fd, SOL_NETLINK, option, &on, sizeof on) < 0) die("setsockopt");
}

void* request_message(struct request* request, uint16_t type, uint16_t flags, size_t body_bytes) {
  struct nlmsghdr* header = (struct nlmsghdr*)(request->bytes + request->used);
  size_t length = NLMSG_LENGTH(body_bytes);
  memset(header, 0, NLMSG_ALIGN(length));
  header->nlmsg_len = (uint32_t)length;
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | flags;
  header->nlmsg_seq = next_sequence++;
  request->last = header;
  request->used += NLMSG_ALIGN(length);
  return NLMSG_DATA(header);
}

void request_attribute(struct request* request, uint16_t type, const void* value, size_t bytes) {
  struct rtattr* attribute = (struct rtattr*)(request->bytes + request->used);
  attribute->rta_type = type;
  attribute->rta_len = (uint16_t)RTA_LENGTH(bytes);
  memcpy(RTA_DATA(attribute), value, bytes);
  request->used += RTA_ALIGN(attribute->rta_len);
  request->last->nlmsg_len = (uint32_t)(request->bytes + request->used - (unsigned char*)request->last);
}

void request_u32(struct request* request, uint16_t type, uint32_t value) {
  request_attribute(request, type, &value, sizeof value);
}

void request_send(struct request* request, int fd) {
  if (send(fd, request->bytes, request->used, 0) != (ssize_t)request->used) die("send");
  request->used = 0;
}

void netlink_await_ack(int fd, uint32_t sequence) {
  static _Alignas(NLMSG_ALIGNTO) unsigned char reply[kReplyBytes];
  for (;;) {
    ssize_t received = recv(fd, reply, sizeof reply, 0);
    if (received < 0) die("recv");
    size_t left = (size_t)received;
    for (struct nlmsghdr* header = (struct nlmsghdr*)reply; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type != NLMSG_ERROR) continue;
      const struct nlmsgerr* error = NLMSG_DATA(header);
      if (error->error != 0) {
        errno = -error->error;
        die("refused");
      }
      if (header->nlmsg_seq == sequence) return;
    }
  }
}
