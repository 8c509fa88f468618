// Captured messages, damaged: cut at every byte, with lengths that lie, nested too deep and too wide. Every decoder must come
// through; what it makes of them is its own business. The address sanitizer sees the rest.
#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "check.hh"
#include "fixture_file.hh"
#include "fuzz_target.hh"
#include "netlink/message_writer.hh"

using namespace vn;

namespace {

/// Deeper than any nest of rtnetlink or nl80211.
constexpr int kMaxDepth = 8;

/// One message of each type and length of payload, whole, as it stands in the fixtures: more would say the same again.
const std::vector<ByteBuffer>& captured() {
  static const std::vector<ByteBuffer> messages = [] {
    std::vector<ByteBuffer> list;
    std::set<std::pair<std::uint16_t, std::size_t>> seen;
    for (const auto& file : std::filesystem::recursive_directory_iterator(VN_FIXTURES "/netlink")) {
      if (file.path().extension() != ".bin") continue;
      for (const ByteBuffer& datagram : check::read_entries(file.path())) {
        for (ByteView rest = datagram; const auto header = load<nlmsghdr>(rest);) {
          const std::size_t length = std::min<std::size_t>(header->nlmsg_len, rest.size());
          if (length < sizeof(nlmsghdr)) break;
          const ByteView message = rest.first(length);
          if (seen.emplace(header->nlmsg_type, length).second) list.emplace_back(message.begin(), message.end());
          rest = tail(rest, (length + 3U) & ~std::size_t{3});
        }
      }
    }
    return list;
  }();
  return messages;
}

/// In memory of its own exact size, to every decoder.
void feed_all(ByteView bytes) {
  const ByteBuffer exact(bytes.begin(), bytes.end());
  for (const auto& [name, target] : check::fuzz_targets()) target(exact);
}

/// Offsets of every length field of attributes between `begin` and `end` that reads as a list of them, at any depth.
void find_lengths(ByteView message, std::size_t begin, std::size_t end, int depth, std::vector<std::size_t>& offsets) {
  std::vector<std::pair<std::size_t, std::size_t>> nested;
  const std::size_t known = offsets.size();
  for (std::size_t at = begin; at < end;) {
    const auto header = load<nlattr>(message, at);
    if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > end - at) {
      offsets.resize(known);  // a value that only looks like the beginning of a list
      return;
    }
    offsets.push_back(at);
    nested.emplace_back(at + sizeof(nlattr), at + header->nla_len);
    at += (header->nla_len + 3U) & ~std::size_t{3};
  }
  if (depth == kMaxDepth) return;
  for (const auto& [from, to] : nested) {
    if (to - from >= sizeof(nlattr)) find_lengths(message, from, to, depth + 1, offsets);
  }
}

/// Where attributes may begin: behind each fixed header that the families have (4 to 16 bytes).
std::set<std::size_t> length_offsets(ByteView message) {
  std::set<std::size_t> offsets;
  for (std::size_t header = 0; header <= 16; header += 4) {
    std::vector<std::size_t> found;
    find_lengths(message, sizeof(nlmsghdr) + header, message.size(), 0, found);
    offsets.insert(found.begin(), found.end());
  }
  return offsets;
}

}  // namespace

TEST_CASE("there are captured messages and decoders to damage them for") {
  CHECK(captured().size() > 100);
  CHECK(check::fuzz_targets().size() > 5);
}

TEST_CASE("a captured message cut after every byte is safe for every decoder") {
  for (const ByteBuffer& message : captured()) {
    for (std::size_t length = 0; length <= message.size(); ++length) feed_all(ByteView{message}.first(length));
  }
}

TEST_CASE("a captured message with lengths that lie is safe for every decoder") {
  std::size_t lies = 0;
  for (const ByteBuffer& message : captured()) {
    for (const std::size_t offset : length_offsets(message)) {
      const auto honest = load<std::uint16_t>(message, offset).value_or(0);
      for (const int lie : {0, 1, 3, 4, 0xffff, honest - 1, honest + 1}) {
        ByteBuffer lying = message;
        store(lying, offset, static_cast<std::uint16_t>(lie));
        feed_all(lying);
        lies += 1;
      }
    }
    for (const std::uint32_t lie : {0U, 1U, 15U, 16U, 0xffffffffU, static_cast<std::uint32_t>(message.size()) + 1}) {
      ByteBuffer lying = message;
      store(lying, 0, lie);
      feed_all(lying);
    }
  }
  CHECK(lies > 1000);
}

TEST_CASE("nests as deep as a message can hold are safe for every decoder, in every attribute") {
  constexpr std::size_t kBombBytes = 16'000;
  // One attribute in the other, each as long as what is left.
  ByteBuffer bomb(kBombBytes);
  for (std::size_t at = 0; at + sizeof(nlattr) <= kBombBytes; at += sizeof(nlattr)) {
    store(bomb, at, static_cast<std::uint16_t>(kBombBytes - at));
    store(bomb, at + 2, static_cast<std::uint16_t>(at / sizeof(nlattr) % 64));
  }
  for (std::uint16_t message_type = 16; message_type < 128; message_type = static_cast<std::uint16_t>(message_type + 4)) {
    for (std::uint16_t type = 0; type < 72; ++type) {
      netlink::MessageWriter writer(message_type, 0, std::array<std::uint8_t, 16>{2});
      writer.put(type, bomb);
      feed_all(writer.take());
    }
  }
}

TEST_CASE("thousands of empty attributes in one nest are safe for every decoder") {
  constexpr std::size_t kWidth = 4'000;
  for (std::uint16_t message_type = 16; message_type < 128; message_type = static_cast<std::uint16_t>(message_type + 4)) {
    for (std::uint16_t type = 0; type < 72; ++type) {
      netlink::MessageWriter writer(message_type, 0, std::array<std::uint8_t, 16>{10});
      const std::size_t nest = writer.begin_nest(type);
      for (std::size_t i = 0; i < kWidth; ++i) writer.put(static_cast<std::uint16_t>(i % 64), {});
      writer.end_nest(nest);
      feed_all(writer.take());
    }
  }
}
