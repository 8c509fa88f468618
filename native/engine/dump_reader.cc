#include "engine/dump_reader.hh"

#include <cstdlib>

#include "base/clock.hh"
#include "engine/decode_event.hh"
#include "netlink/acknowledgement.hh"
#include "netlink/message_writer.hh"

namespace vn::engine {

namespace {

/// The kernel fills at most 32 KiB a read (netlink_dump), whatever the buffer; twice that is safe.
constexpr std::size_t kPartBytes = 64 * 1024;

ByteBuffer encode_request(const DumpRequest& request) {
  switch (request.subject) {
    case DumpSubject::kLinks: return rtnl::encode_link_dump();
    case DumpSubject::kAddresses: return rtnl::encode_address_dump(request.family);
    case DumpSubject::kRoutes: return rtnl::encode_route_dump(request.family, request.table);
    case DumpSubject::kRules: return rtnl::encode_rule_dump(request.family);
    case DumpSubject::kNeighbours: return rtnl::encode_neighbour_dump(request.family);
    case DumpSubject::kNexthops: return rtnl::encode_nexthop_dump();
  }
  std::abort();
}

const rtnl::Route* find_route(const Event& event) {
  if (const auto* live = std::get_if<LiveRoute>(&event.body)) return live;
  return std::get_if<rtnl::Route>(&event.body);
}

}  // namespace

bool covers(const DumpRequest& request, const Event& event) {
  switch (request.subject) {
    case DumpSubject::kLinks: return event.type == EventType::kLink || event.type == EventType::kLinkGone;
    case DumpSubject::kAddresses: {
      const auto* address = std::get_if<rtnl::Address>(&event.body);
      return address != nullptr && address->family == request.family;
    }
    case DumpSubject::kRoutes: {
      const rtnl::Route* route = find_route(event);
      return route != nullptr && route->family == request.family && (!request.table || route->table == *request.table);
    }
    case DumpSubject::kRules: {
      const auto* rule = std::get_if<rtnl::Rule>(&event.body);
      return rule != nullptr && rule->family == request.family;
    }
    case DumpSubject::kNeighbours: {
      const auto* neighbour = std::get_if<rtnl::Neighbour>(&event.body);
      return neighbour != nullptr && neighbour->family == request.family;
    }
    case DumpSubject::kNexthops: return event.type == EventType::kNexthop || event.type == EventType::kNexthopGone;
  }
  std::abort();
}

DumpReader::DumpReader(netlink::Socket socket) : socket_(std::move(socket)), receiver_(1, kPartBytes) {}

Status DumpReader::start(const DumpRequest& request) {
  request_ = request;
  ByteBuffer bytes = encode_request(request);
  netlink::stamp_sequence(bytes, ++sequence_);
  return socket_.send(bytes);
}

Result<DumpReader::Part> DumpReader::read() {
  Part part;
  const auto count = receiver_.receive(socket_);
  if (!count.ok()) return count.failure();
  if (count.value() == 0) return part;
  if (receiver_.truncated(0)) part.interrupted = true;
  const double at_ms = now_ms();
  netlink::MessageReader reader(receiver_.datagram(0));
  while (const auto message = reader.next()) {
    if (message->sequence != sequence_) continue;
    if (auto refusal = take(*message, at_ms, part)) return *refusal;
  }
  return part;
}

std::optional<Failure> DumpReader::take(const netlink::Message& message, double at_ms, Part& part) {
  if ((message.flags & NLM_F_DUMP_INTR) != 0) part.interrupted = true;
  if (message.type == NLMSG_DONE || message.type == NLMSG_ERROR) {
    part.finished = true;
    const auto answer = netlink::decode_acknowledgement(message);
    if (answer && answer->error_number != 0) return Failure{answer->error_number, "dump", answer->text};
    return std::nullopt;
  }
  auto event = decode_event(message, at_ms);
  // A kernel without the family answers with other families, one without strict checks with all tables.
  if (event.ok() && event.value() && covers(request_, *event.value())) part.events.push_back(std::move(*event.value()));
  return std::nullopt;
}

}  // namespace vn::engine
