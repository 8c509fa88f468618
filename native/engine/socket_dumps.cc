#include "engine/socket_dumps.hh"

#include <algorithm>
#include <utility>

#include "engine/fields/diag.hh"
#include "netlink/acknowledgement.hh"
#include "netlink/message_writer.hh"

namespace vn::engine {

namespace {

/// The kernel fills at most 32 KiB a read (netlink_dump).
constexpr std::size_t kSocketPartBytes = 64 * 1024;

Failure invalid(const char* detail) { return {EINVAL, "sockets", detail}; }

Result<diag::TcpSocketFilter> to_filter(const SocketsRequest& request) {
  diag::TcpSocketFilter filter;
  const auto& words = Words<diag::TcpState>::kWords;
  for (const std::string& state : request.states) {
    const auto word = std::find(words.begin(), words.end(), state);
    if (word == words.begin() || word == words.end()) return invalid("states: unknown word");
    filter.states.push_back(static_cast<diag::TcpState>(word - words.begin()));
  }
  if (request.local) {
    filter.local = parse_prefix(*request.local);
    if (!filter.local) return invalid("local must be 'address/prefixLength'");
  }
  filter.ifindex = request.ifindex;
  filter.local_port = request.local_port;
  filter.remote_port = request.remote_port;
  return filter;
}

}  // namespace

void SocketDumps::start(Id id, const SocketsRequest& request, std::vector<SocketsEnd>& ends) {
  auto filter = to_filter(request);
  if (!filter.ok()) {
    ends.push_back({id, filter.failure(), {}});
    return;
  }
  if (running_.size() >= kMaxWaiting) {
    ends.push_back({id, Failure{EAGAIN, "sockets", "too many lists wait"}, {}});
    return;
  }
  running_.push_back({id, std::move(filter.value()), {}, false});
  begin_next(ends);
}

void SocketDumps::cancel(Id id) {
  for (auto each = running_.begin(); each != running_.end(); ++each) {
    if (each->id != id) continue;
    if (reading_ && each == running_.begin()) each->cancelled = true;
    else running_.erase(each);
    return;
  }
}

void SocketDumps::ready(std::vector<SocketsEnd>& ends) {
  // What comes unasked would keep the loop awake until somebody reads it.
  if (!reading_ && socket_ && receiver_) (void)receiver_->receive(*socket_).ok();
  for (int i = 0; i < kPartsPerTurn && reading_; ++i) {
    const auto progress = read_part();
    if (!progress.ok()) {
      // Whatever is left of it goes with the socket.
      socket_.reset();
      refuse(progress.failure(), ends);
    } else if (progress.value() == Progress::kNothing) return;
    else if (progress.value() == Progress::kFinished) end_family(ends);
  }
}

/// Asks for the first that waits. Where that fails, refuse() goes on to the next: at most kMaxWaiting deep.
void SocketDumps::begin_next(std::vector<SocketsEnd>& ends) {
  if (reading_ || running_.empty()) return;
  reading_ = true;
  const Status sent = send_request();
  if (!sent.ok()) refuse(sent.failure(), ends);
}

Status SocketDumps::send_request() {
  if (!socket_) {
    netlink::SocketOptions options;
    options.protocol = NETLINK_SOCK_DIAG;
    auto opened = netlink::Socket::open(options);
    if (!opened.ok()) return opened.failure();
    Status watched = loop_.watch(opened.value().fd(), EPOLLIN, make_tag(source_));
    if (!watched.ok()) return watched;
    socket_.emplace(std::move(opened.value()));
    if (!receiver_) receiver_.emplace(1, kSocketPartBytes);
  }
  ByteBuffer bytes = diag::encode_tcp_socket_dump(running_.front().filter);
  netlink::stamp_sequence(bytes, ++sequence_);
  return socket_->send(bytes);
}

Result<SocketDumps::Progress> SocketDumps::read_part() {
  const auto count = receiver_->receive(*socket_);
  if (!count.ok()) return count.failure();
  if (count.value() == 0) return Progress::kNothing;
  if (receiver_->truncated(0)) return Failure{EBADMSG, "sockets", "a part was cut short"};
  netlink::MessageReader reader(receiver_->datagram(0));
  while (const auto message = reader.next()) {
    if (message->sequence != sequence_) continue;
    const auto progress = take(*message);
    if (!progress.ok() || progress.value() == Progress::kFinished) return progress;
  }
  return Progress::kMore;
}

Result<SocketDumps::Progress> SocketDumps::take(const netlink::Message& message) {
  if (message.type == NLMSG_DONE || message.type == NLMSG_ERROR) {
    const auto answer = netlink::decode_acknowledgement(message);
    if (answer && answer->error_number != 0) return Failure{answer->error_number, "sockets", answer->text};
    return Progress::kFinished;
  }
  Running& running = running_.front();
  auto socket = diag::decode_tcp_socket(message);
  if (!socket.ok()) return socket.failure();
  if (!socket.value() || running.cancelled) return Progress::kMore;
  if (running.sockets.size() >= kMaxSockets) return Failure{EMSGSIZE, "sockets", "too many sockets"};
  running.sockets.push_back(std::move(*socket.value()));
  return Progress::kMore;
}

/// IPv4 comes first, then IPv6, then the answer.
void SocketDumps::end_family(std::vector<SocketsEnd>& ends) {
  Running& running = running_.front();
  if (running.filter.family == Family::kIpv4 && !running.cancelled) {
    running.filter.family = Family::kIpv6;
    const Status sent = send_request();
    if (!sent.ok()) refuse(sent.failure(), ends);
    return;
  }
  if (!running.cancelled) ends.push_back({running.id, std::nullopt, std::move(running.sockets)});
  running_.pop_front();
  reading_ = false;
  begin_next(ends);
}

void SocketDumps::refuse(const Failure& failure, std::vector<SocketsEnd>& ends) {
  const Running& running = running_.front();
  if (!running.cancelled) ends.push_back({running.id, failure, {}});
  running_.pop_front();
  reading_ = false;
  begin_next(ends);
}

}  // namespace vn::engine
