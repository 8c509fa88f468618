// The request, and the filter as the kernel's bytecode.

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "diag/tcp_socket.hh"
#include "netlink/message_writer.hh"

namespace vn::diag {

namespace {

/// Bits are `1 << state`; all that exist and will.
constexpr std::uint32_t kAllStates = 0xffff'ffff;

std::uint32_t state_bits(const std::vector<TcpState>& states) {
  if (states.empty()) return kAllStates;
  std::uint32_t bits = 0;
  for (const TcpState state : states) bits |= std::uint32_t{1} << static_cast<unsigned>(state);
  return bits;
}

/// Appends `condition`, whose argument is `argument`. The program is a chain of conditions: `yes` leads to the next one, or
/// to the program's end, which means a match; `no` leads 4 bytes beyond that end, which means none (inet_diag_bc_run).
/// `no` counts from the condition itself, so it is written when the length is known (close_program).
void append_condition(ByteBuffer& program, std::uint8_t condition, ByteView argument) {
  inet_diag_bc_op op{};
  op.code = condition;
  op.yes = static_cast<unsigned char>(sizeof op + argument.size());
  append_bytes(program, view_of(op));
  append_bytes(program, argument);
}

void close_program(ByteBuffer& program) {
  for (std::size_t at = 0; at < program.size();) {
    const auto op = load<inet_diag_bc_op>(program, at);
    store(program, at + offsetof(inet_diag_bc_op, no), static_cast<unsigned short>(program.size() - at + 4));
    at += op->yes;
  }
}

ByteBuffer encode_local(const IpPrefix& local) {
  inet_diag_hostcond condition{};
  condition.family = to_af(local.address.family);
  condition.prefix_len = local.length;
  condition.port = -1;  // any
  ByteBuffer argument;
  append_bytes(argument, {reinterpret_cast<const std::uint8_t*>(&condition), sizeof condition});
  append_bytes(argument, local.address.bytes());
  return argument;
}

ByteBuffer encode_program(const TcpSocketFilter& filter) {
  ByteBuffer program;
  if (filter.ifindex) append_condition(program, INET_DIAG_BC_DEV_COND, view_of(*filter.ifindex));
  if (filter.local) append_condition(program, INET_DIAG_BC_S_COND, encode_local(*filter.local));
  close_program(program);
  return program;
}

}  // namespace

ByteBuffer encode_tcp_socket_dump(const TcpSocketFilter& filter) {
  inet_diag_req_v2 request{};
  request.sdiag_family = to_af(filter.family);
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  request.idiag_states = state_bits(filter.states);
  // Ports need no program: the kernel compares those of the request's identity, 0 matching any.
  request.id.idiag_sport = htons(filter.local_port.value_or(0));
  request.id.idiag_dport = htons(filter.remote_port.value_or(0));
  netlink::MessageWriter writer(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, request);
  const ByteBuffer program = encode_program(filter);
  if (!program.empty()) writer.put(INET_DIAG_REQ_BYTECODE, program);
  return writer.take();
}

}  // namespace vn::diag
