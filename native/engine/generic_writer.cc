#include "engine/generic_writer.hh"

#include <linux/netlink.h>

#include <algorithm>
#include <utility>

#include "engine/encode_generic.hh"
#include "engine/message_fields.hh"
#include "netlink/message_writer.hh"

namespace vn::engine {

namespace {

/// NEW_INTERFACE answers with the interface, less than 1 KiB.
constexpr std::size_t kGenericAnswerBytes = 16 * 1024;
/// A request is answered by one message and its acknowledgement; what else lies there belongs to requests that failed.
constexpr int kMaxGenericReads = 64;

}  // namespace

bool GenericWriter::run(const Command& command, std::vector<Event>& replies) {
  auto pending = pending_of(command);
  if (!pending.ok()) {
    finish(command, pending.failure(), replies);
    return true;
  }
  Status sent = send_next(*pending.value());
  if (!sent.ok() && sent.failure().error_number == ENOENT) {
    const auto anew = made_anew(command, *pending.value());
    if (!anew.ok()) sent = anew.failure();
    else if (anew.value()) return false;
  }
  if (sent.ok() && pending.value()->next < pending.value()->requests.size()) return false;
  finish(command, sent, replies);
  return true;
}

Result<GenericWriter::Pending*> GenericWriter::pending_of(const Command& command) {
  const auto held = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& each) { return each.id == command.id; });
  if (held != pending_.end()) return &*held;
  const Status opened = open();
  if (!opened.ok()) return opened.failure();
  auto pending = prepare(command);
  if (!pending.ok()) return pending.failure();
  pending_.push_back(std::move(pending.value()));
  return &pending_.back();
}

Result<GenericWriter::Pending> GenericWriter::prepare(const Command& command) {
  const auto family = families_.find(family_of(command.type));
  if (!family.ok()) return family.failure();
  auto requests = encode_generic(command, family.value().id);
  if (!requests.ok()) return requests.failure();
  return Pending{command.id, family.value().id, std::move(requests.value()), 0};
}

Status GenericWriter::open() {
  if (socket_) return Done{};
  netlink::SocketOptions options;
  options.protocol = NETLINK_GENERIC;
  auto socket = netlink::Socket::open(options);
  if (!socket.ok()) return socket.failure();
  socket_.emplace(std::move(socket.value()));
  if (!receiver_) receiver_.emplace(1, kGenericAnswerBytes);
  return Done{};
}

Status GenericWriter::send_next(Pending& pending) {
  ByteBuffer& request = pending.requests[pending.next];
  netlink::stamp_sequence(request, ++sequence_);
  const Status sent = socket_->send(request);
  if (!sent.ok()) return sent;
  const auto answer = read_acknowledgement();
  if (!answer.ok()) return answer.failure();
  if (answer.value().error_number != 0) return Failure{answer.value().error_number, "send", answer.value().text};
  request = {};  // a key has been in it, and it is not needed again
  pending.next += 1;
  return Done{};
}

Result<bool> GenericWriter::made_anew(const Command& command, Pending& pending) {
  if (pending.next > 0) return false;
  families_.forget(family_of(command.type));
  auto again = prepare(command);
  if (!again.ok()) return again.failure();
  if (again.value().family_id == pending.family_id) return false;
  pending = std::move(again.value());
  return true;
}

Result<netlink::Acknowledgement> GenericWriter::read_acknowledgement() {
  for (int i = 0; i < kMaxGenericReads; ++i) {
    const auto count = receiver_->receive(*socket_);
    if (!count.ok()) return count.failure();
    if (count.value() == 0) break;
    netlink::MessageReader reader(receiver_->datagram(0));
    while (const auto message = reader.next()) {
      if (message->sequence != sequence_ || message->type != NLMSG_ERROR) continue;
      if (auto answer = netlink::decode_acknowledgement(*message)) return std::move(*answer);
    }
  }
  return Failure{EIO, "receive", "the kernel did not answer"};
}

void GenericWriter::finish(const Command& command, const Status& status, std::vector<Event>& replies) {
  std::erase_if(pending_, [&](const Pending& each) { return each.id == command.id; });
  if (status.ok()) replies.push_back(make_reply(command.id));
  else replies.push_back(make_refusal(command.id, to_engine_error(status.failure(), word_of(command.type))));
}

}  // namespace vn::engine
