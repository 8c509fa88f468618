#include "engine/families.hh"

#include <linux/netlink.h>

#include <utility>

#include "netlink/acknowledgement.hh"
#include "netlink/message_writer.hh"

namespace vn::engine {

namespace {

/// nl80211's answer has some 3 KiB.
constexpr std::size_t kFamilyAnswerBytes = 32 * 1024;
/// More notifications than that do not wait: the buffer is full before.
constexpr int kMaxFamilyReads = 4'096;

}  // namespace

Result<genl::FamilyInfo> Families::find(const std::string& name) {
  const Status opened = open();
  if (!opened.ok()) return opened.failure();
  hear_changes();
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  auto asked = ask(name);
  if (asked.ok()) known_.insert_or_assign(name, asked.value());
  return asked;
}

Status Families::open() {
  if (socket_) return Done{};
  netlink::SocketOptions options;
  options.protocol = NETLINK_GENERIC;
  auto socket = netlink::Socket::open(options);
  if (!socket.ok()) return socket.failure();
  const Status joined = socket.value().join(genl::kControllerGroup);
  if (!joined.ok()) return joined;
  socket_.emplace(std::move(socket.value()));
  receiver_.emplace(1, kFamilyAnswerBytes);
  return Done{};
}

/// The socket is not watched: changes matter only when somebody asks.
void Families::hear_changes() {
  for (int i = 0; i < kMaxFamilyReads; ++i) {
    const auto count = receiver_->receive(*socket_);
    if (!count.ok()) known_.clear();  // ENOBUFS: some were lost
    else if (count.value() == 0) return;
    else {
      netlink::MessageReader reader(receiver_->datagram(0));
      while (const auto message = reader.next()) hear(*message);
    }
  }
}

void Families::hear(const netlink::Message& message) {
  const auto event = genl::decode_family_event(message);
  if (!event.ok()) known_.clear();
  else if (event.value()) known_.erase(event.value()->family.name);
}

Result<genl::FamilyInfo> Families::ask(const std::string& name) {
  auto request = genl::encode_get_family(name);
  if (!request.ok()) return request.failure();
  netlink::stamp_sequence(request.value(), ++sequence_);
  const Status sent = socket_->send(request.value());
  if (!sent.ok()) return sent.failure();
  // The kernel has answered when send returns; what it told meanwhile of other families may stand before.
  for (int i = 0; i < kMaxFamilyReads; ++i) {
    const auto count = receiver_->receive(*socket_);
    if (!count.ok()) {
      known_.clear();
      continue;
    }
    if (count.value() == 0) break;
    if (auto answer = read_answer(name)) return std::move(*answer);
  }
  return Failure{EIO, "find family", "the kernel did not answer"};
}

std::optional<Result<genl::FamilyInfo>> Families::read_answer(const std::string& name) {
  netlink::MessageReader reader(receiver_->datagram(0));
  while (const auto message = reader.next()) {
    if (message->sequence != sequence_) {
      hear(*message);
      continue;
    }
    if (message->type == NLMSG_ERROR) {
      const auto answer = netlink::decode_acknowledgement(*message);
      if (!answer || answer->error_number == 0) continue;
      if (answer->error_number == ENOENT) return Failure{EPROTONOSUPPORT, "find family", "the kernel has no " + name};
      return Failure{answer->error_number, "find family", answer->text};
    }
    auto family = genl::decode_family(*message);
    if (!family.ok()) return family.failure();
    if (family.value()) return std::move(*family.value());
  }
  return std::nullopt;
}

}  // namespace vn::engine
