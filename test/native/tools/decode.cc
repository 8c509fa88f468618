// decode FILE: prints what the engine reads from stored datagrams, a line of JSON for each message:
// {"type":WORD,"body":{…}}, {"type":"none"} for a message that is none of our nouns, {"type":"malformed"} for a broken one.
#include <linux/netlink.h>

#include <cstdio>
#include <variant>

#include "engine/decode_event.hh"
#include "fixture_file.hh"
#include "tools/json.hh"

using namespace vn;

namespace {

std::string line_of(const engine::Event& event) {
  std::string line = "{";
  tools::write_field(line, "type", event.type);
  std::visit([&](const auto& body) { tools::write_field(line, "body", body); }, event.body);
  return line + "}";
}

std::string line_of(const netlink::Message& message) {
  const auto event = engine::decode_event(message, 0);
  if (!event.ok()) return "{\"type\":\"malformed\"}";
  return event.value() ? line_of(*event.value()) : "{\"type\":\"none\"}";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: decode FILE\n");
    return 2;
  }
  for (const ByteBuffer& datagram : check::read_entries(argv[1])) {
    netlink::MessageReader reader(datagram);
    while (const auto message = reader.next()) {
      if (message->type != NLMSG_DONE) std::puts(line_of(*message).c_str());
    }
    if (reader.malformed()) std::puts("{\"type\":\"malformed\"}");
  }
  return 0;
}
