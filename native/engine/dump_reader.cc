#include "engine/dump_reader.hh"

#include <cstdlib>

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

}  // namespace

bool covers(const DumpRequest& request, const Event& event) {
  return std::visit([&](const auto& body) { return covers_body(request, body); }, event.body);
}

DumpReader::DumpReader(netlink::Socket socket) : socket_(std::move(socket)), receiver_(1, kPartBytes) {}

Status DumpReader::start(const DumpRequest& request) {
  request_ = request;
  ByteBuffer bytes = encode_request(request);
  netlink::stamp_sequence(bytes, ++sequence_);
  return socket_.send(bytes);
}

std::optional<Failure> DumpReader::refusal_of(const netlink::Message& message) {
  const auto answer = netlink::decode_acknowledgement(message);
  if (answer && answer->error_number != 0) return Failure{answer->error_number, "dump", answer->text};
  return std::nullopt;
}

}  // namespace vn::engine
