#include "engine/generic_dumps.hh"

#include <linux/netlink.h>

#include <utility>

#include "engine/encode_generic.hh"
#include "netlink/acknowledgement.hh"
#include "netlink/message_writer.hh"

namespace vn::engine {

namespace {

/// The kernel fills at most 32 KiB a read (netlink_dump).
constexpr std::size_t kGenericPartBytes = 64 * 1024;

}  // namespace

void GenericDumps::start(Id id, const ListGeneric& list, std::vector<GenericEnd>& ends) {
  if (running_.size() >= kMaxWaiting) {
    ends.push_back({id, Failure{EAGAIN, "list", "too many lists wait"}, {}});
    return;
  }
  running_.push_back({id, list, GenericList(list.what), 1, false, false});
  begin_next(ends);
}

void GenericDumps::ready(std::vector<GenericEnd>& ends) {
  // What comes unasked would keep the loop awake until somebody reads it.
  if (!reading_ && socket_ && receiver_) (void)receiver_->receive(*socket_).ok();
  for (int i = 0; i < kPartsPerTurn && reading_; ++i) {
    const auto progress = read_part();
    if (!progress.ok()) fail(progress.failure(), ends);
    else if (progress.value() == Progress::kNothing) return;
    else if (progress.value() == Progress::kFinished) finish(ends);
  }
}

/// Asks for the first that waits. Where that fails, end() goes on to the next: at most kMaxWaiting deep.
void GenericDumps::begin_next(std::vector<GenericEnd>& ends) {
  if (reading_ || running_.empty()) return;
  reading_ = true;
  const Status sent = send_request();
  if (!sent.ok()) end({running_.front().id, sent.failure(), {}}, ends);
}

Status GenericDumps::open() {
  if (socket_) return Done{};
  netlink::SocketOptions options;
  options.protocol = NETLINK_GENERIC;
  auto opened = netlink::Socket::open(options);
  if (!opened.ok()) return opened.failure();
  Status watched = loop_.watch(opened.value().fd(), EPOLLIN, make_tag(source_));
  if (!watched.ok()) return watched;
  socket_.emplace(std::move(opened.value()));
  if (!receiver_) receiver_.emplace(1, kGenericPartBytes);
  return Done{};
}

Status GenericDumps::send_request() {
  Running& running = running_.front();
  const auto family = families_.find(family_of(running.list.what));
  if (!family.ok()) return family.failure();
  auto request = encode_list(running.list, family.value().id);
  if (!request.ok()) return request.failure();
  const Status opened = open();
  if (!opened.ok()) return opened;
  running.gathered = GenericList(running.list.what);
  running.interrupted = false;
  netlink::stamp_sequence(request.value(), ++sequence_);
  return socket_->send(request.value());
}

Result<GenericDumps::Progress> GenericDumps::read_part() {
  const auto count = receiver_->receive(*socket_);
  if (!count.ok()) return count.failure();
  if (count.value() == 0) return Progress::kNothing;
  if (receiver_->truncated(0)) return Failure{EBADMSG, "list", "a part was cut short"};
  netlink::MessageReader reader(receiver_->datagram(0));
  while (const auto message = reader.next()) {
    if (message->sequence != sequence_) continue;
    const auto progress = take(*message);
    if (!progress.ok() || progress.value() == Progress::kFinished) return progress;
  }
  return Progress::kMore;
}

Result<GenericDumps::Progress> GenericDumps::take(const netlink::Message& message) {
  Running& running = running_.front();
  if ((message.flags & NLM_F_DUMP_INTR) != 0) running.interrupted = true;
  if (message.type == NLMSG_DONE || message.type == NLMSG_ERROR) {
    const auto answer = netlink::decode_acknowledgement(message);
    if (answer && answer->error_number != 0) return Failure{answer->error_number, "list", answer->text};
    return Progress::kFinished;
  }
  const Status added = running.gathered.add(message);
  if (!added.ok()) return added.failure();
  return Progress::kMore;
}

/// The list is whole, unless it was interrupted: then it is asked for again.
void GenericDumps::finish(std::vector<GenericEnd>& ends) {
  Running& running = running_.front();
  if (running.interrupted) {
    if (running.attempts == kMaxAttempts) {
      end({running.id, Failure{EINTR, "list", "every attempt was interrupted by changes"}, {}}, ends);
      return;
    }
    running.attempts += 1;
    const Status sent = send_request();
    if (!sent.ok()) end({running.id, sent.failure(), {}}, ends);
    return;
  }
  auto records = running.gathered.take();
  if (records.ok()) end({running.id, std::nullopt, std::move(records.value())}, ends);
  else end({running.id, records.failure(), {}}, ends);
}

/// Whatever is left of the dump goes with the socket. ENOENT may mean that the family has another number by now.
void GenericDumps::fail(const Failure& failure, std::vector<GenericEnd>& ends) {
  socket_.reset();
  Running& running = running_.front();
  if (failure.error_number != ENOENT || running.family_checked) {
    end({running.id, failure, {}}, ends);
    return;
  }
  running.family_checked = true;
  families_.forget(family_of(running.list.what));
  const Status sent = send_request();
  if (!sent.ok()) end({running.id, sent.failure(), {}}, ends);
}

void GenericDumps::end(GenericEnd how, std::vector<GenericEnd>& ends) {
  ends.push_back(std::move(how));
  running_.pop_front();
  reading_ = false;
  begin_next(ends);
}

}  // namespace vn::engine
