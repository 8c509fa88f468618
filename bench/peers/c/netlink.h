// What every role needs of rtnetlink: a socket, a request under construction, attributes, times.

#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

// Most that one send carries; the kernel's default send buffer takes three times as much.
enum { kRequestBytes = 64 * 1024 };
// The kernel fills at most this much of a dump in one receive.
enum { kReplyBytes = 32 * 1024 };

struct request {
  size_t used;
  struct nlmsghdr* last;
  _Alignas(NLMSG_ALIGNTO) unsigned char bytes[kRequestBytes];
};

// Ends the program with a message that names the operation and errno.
_Noreturn void die(const char* operation);

uint64_t now_ns(void);
// User and system time of this process.
uint64_t cpu_us(void);

// An rtnetlink socket that is a member of the groups (RTMGRP_*).
int netlink_open(uint32_t groups);
// Sets the receive buffer, beyond rmem_max where that is allowed; 0 leaves it alone. Returns the size granted.
int netlink_receive_buffer(int fd, int bytes);
void netlink_set(int fd, int option);

// Appends a message with a zeroed body of `body_bytes`; returns the body.
void* request_message(struct request* request, uint16_t type, uint16_t flags, size_t body_bytes);
void request_attribute(struct request* request, uint16_t type, const void* value, size_t bytes);
void request_u32(struct request* request, uint16_t type, uint32_t value);
// Sends what was appended in one system call and empties the request.
void request_send(struct request* request, int fd);

// Reads until the acknowledgement of the message with this sequence number (ACK-last: only that one asked for it).
// An error of any message before it ends the program.
void netlink_await_ack(int fd, uint32_t sequence);

static inline uint32_t attribute_u32(const struct rtattr* attribute) {
  return *(const uint32_t*)RTA_DATA(attribute);
}
