// decode [--as SUBJECT] [--records | --dump ID] FILE: what the engine reads from stored datagrams.
//
// SUBJECT says what the file holds; without it, messages of rtnetlink.
//   wireless    notifications of nl80211
//   tcpSockets  a dump of socket diagnostics
//   uevents     the kernel's uevents
//   radios wirelessInterfaces scanResults stations regulatoryDomains wireguardDevice    a list of generic netlink
//
// Prints a line of JSON for each message: {"type":WORD,"body":{…}}, {"type":"none"} for a message that is none of our nouns,
// {"type":"malformed"} for a broken one. With --records it writes the engine's records instead, each at the time of its number;
// with --dump, those that answer command ID. Then a malformed message ends it with status 1.
#include <linux/netlink.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <variant>

#include "engine/decode_event.hh"
#include "engine/generic_list.hh"
#include "engine/outbox.hh"
#include "fixture_file.hh"
#include "tools/json.hh"

using namespace vn;

namespace {

using Decoded = Result<std::optional<engine::Event>>;

struct Options {
  std::string_view subject;
  bool records = false;
  std::optional<engine::Id> dump_id;
  const char* file = nullptr;
};

/// Takes what was decoded, in order.
class Output {
 public:
  explicit Output(const Options& options) : options_(options) {
    if (options_.dump_id) outbox_.put({engine::EventType::kDumpBegin, 0, engine::DumpBegin{*options_.dump_id}});
  }

  void take(const Decoded& decoded) {
    if (!decoded.ok()) malformed();
    else if (decoded.value()) put(*decoded.value());
    else if (!options_.records) std::puts("{\"type\":\"none\"}");
  }

  void put(engine::Event event) {
    if (!options_.records) return print(event);
    event.at_ms = static_cast<double>(outbox_.count());
    if (!options_.dump_id) return outbox_.put(event);
    std::visit([&](const auto& body) { outbox_.put_of_dump(event.type, body, *options_.dump_id); }, event.body);
  }

  void malformed() {
    if (!options_.records) {
      std::puts("{\"type\":\"malformed\"}");
      return;
    }
    std::fprintf(stderr, "a message is malformed\n");
    std::exit(1);
  }

  /// Writes the records.
  void end() {
    if (options_.dump_id) outbox_.put(engine::make_reply(*options_.dump_id));
    const ByteBuffer& bytes = outbox_.buffer();
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) std::exit(1);
  }

 private:
  static void print(const engine::Event& event) {
    std::string line = "{";
    tools::write_field(line, "type", event.type);
    std::visit([&](const auto& body) { tools::write_field(line, "body", body); }, event.body);
    std::puts((line + "}").c_str());
  }

  const Options& options_;
  engine::Outbox outbox_;
};

template <class Body>
Decoded as_event(Result<std::optional<Body>> body, engine::EventType type) {
  if (!body.ok()) return body.failure();
  if (!body.value()) return std::optional<engine::Event>{};
  return std::optional<engine::Event>(engine::Event{type, 0, std::move(*body.value())});
}

/// The words of these events stand in another table than their numbers.
template <class Body>
engine::EventType type_of_wireless() {
  const auto& words = engine::Words<engine::EventType>::kWords;
  const std::string_view word = engine::kWirelessEventWord<Body>;
  return static_cast<engine::EventType>(std::find(words.begin(), words.end(), word) - words.begin());
}

Decoded decode_wireless(const netlink::Message& message) {
  auto event = genl::nl80211::decode_event(message);
  if (!event.ok()) return event.failure();
  if (!event.value()) return std::optional<engine::Event>{};
  return std::visit([]<class Body>(Body& body) -> Decoded {
    return std::optional<engine::Event>(engine::Event{type_of_wireless<Body>(), 0, std::move(body)});
  }, *event.value());
}

/// Calls visit with each message that is no end of a dump.
template <class Visit>
void for_each_message(const Options& options, Output& output, Visit visit) {
  for (const ByteBuffer& datagram : check::read_entries(options.file)) {
    netlink::MessageReader reader(datagram);
    while (const auto message = reader.next()) {
      if (message->type != NLMSG_DONE) visit(*message);
    }
    if (reader.malformed()) output.malformed();
  }
}

void decode_uevents(const Options& options, Output& output) {
  for (const ByteBuffer& datagram : check::read_entries(options.file)) {
    auto uevent = uevent::decode_uevent(datagram);
    if (uevent.ok()) output.put({engine::EventType::kUevent, 0, std::move(uevent.value())});
    else output.malformed();
  }
}

/// False where there is no such list.
bool decode_list(const Options& options, Output& output) {
  const auto& words = engine::Words<engine::GenericSubject>::kWords;
  const auto found = std::find(words.begin(), words.end(), options.subject);
  if (found == words.end()) return false;
  engine::GenericList list(static_cast<engine::GenericSubject>(found - words.begin()));
  for_each_message(options, output, [&](const netlink::Message& message) {
    if (!list.add(message).ok()) output.malformed();
  });
  const auto records = list.take();
  if (!records.ok()) output.malformed();
  else for (const engine::Event& record : records.value()) output.put(record);
  return true;
}

/// False where there is no such subject.
bool decode(const Options& options, Output& output) {
  const auto each = [&](auto decode_message) {
    for_each_message(options, output, [&](const netlink::Message& message) { output.take(decode_message(message)); });
    return true;
  };
  if (options.subject.empty()) return each([](const netlink::Message& message) { return engine::decode_event(message, 0); });
  if (options.subject == "wireless") return each(decode_wireless);
  if (options.subject == "tcpSockets") {
    return each([](const netlink::Message& message) { return as_event(diag::decode_tcp_socket(message), engine::EventType::kTcpSocket); });
  }
  if (options.subject == "uevents") {
    decode_uevents(options, output);
    return true;
  }
  return decode_list(options, output);
}

/// No file where the words make no sense.
Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--records") options.records = true;
    else if (word == "--as" && i + 1 < argc) options.subject = argv[++i];
    else if (word == "--dump" && i + 1 < argc) {
      options.records = true;
      options.dump_id = std::strtoull(argv[++i], nullptr, 10);
    } else if (options.file == nullptr && i + 1 == argc) options.file = argv[i];
    else return {};
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  Output output(options);
  if (options.file == nullptr || !decode(options, output)) {
    std::fprintf(stderr, "usage: decode [--as SUBJECT] [--records | --dump ID] FILE\n");
    return 2;
  }
  if (options.records) output.end();
  return 0;
}
