#include "netlink/message.hh"

#include "check.hh"
#include "netlink/acknowledgement.hh"
#include "netlink/message_writer.hh"
#include "netlink/transaction.hh"

using namespace vn;
using namespace vn::netlink;

namespace {

/// NLMSG_ERROR for sequence 7: -17 with the capped echo and the text 'no'.
const char* const kRefusal =
    "2c 00 00 00 02 00 00 03 07 00 00 00 00 00 00 00"
    "ef ff ff ff 20 00 00 00 10 00 05 06 07 00 00 00 00 00 00 00"
    "07 00 01 00 6e 6f 00 00";

ByteBuffer ack(std::uint32_t sequence, std::int32_t error) {
  nlmsgerr body{};
  body.error = error;
  MessageWriter writer(NLMSG_ERROR, NLM_F_CAPPED, body);
  ByteBuffer bytes = writer.take();
  stamp_sequence(bytes, sequence);
  return bytes;
}

}  // namespace

TEST_CASE("messages of a datagram follow each other at multiples of four") {
  const ByteBuffer bytes = check::from_hex(
      "11 00 00 00 10 00 02 00 01 00 00 00 05 00 00 00 ff 00 00 00"
      "10 00 00 00 03 00 00 00 02 00 00 00 00 00 00 00");
  MessageReader reader(bytes);
  const auto first = reader.next();
  REQUIRE(first.has_value());
  CHECK(first->type == 16);
  CHECK(first->flags == 2);
  CHECK(first->sequence == 1);
  CHECK(first->port == 5);
  CHECK(first->payload.size() == 1);
  CHECK(reader.next()->sequence == 2);
  CHECK_FALSE(reader.next().has_value());
  CHECK_FALSE(reader.malformed());
}

TEST_CASE("a message whose length lies ends the walk") {
  for (const char* text : {"0f 00 00 00 10 00 00 00 00 00 00 00 00 00 00 00", "00 00 00 00 10 00 00 00 00 00 00 00 00 00 00 00",
                           "11 00 00 00 10 00 00 00 00 00 00 00 00 00 00 00", "ff ff ff ff 10 00 00 00 00 00 00 00 00 00 00 00",
                           "10 00 00"}) {
    const ByteBuffer bytes = check::from_hex(text);
    MessageReader reader(bytes);
    CHECK_FALSE(reader.next().has_value());
    CHECK(reader.malformed());
  }
}

TEST_CASE("an attribute whose length lies ends the walk") {
  for (const char* text : {"03 00 01 00", "00 00 01 00", "09 00 01 00 00 00 00 00", "ff ff 01 00", "04 00"}) {
    const ByteBuffer bytes = check::from_hex(text);
    AttributeReader reader(bytes);
    CHECK_FALSE(reader.next().has_value());
    CHECK(reader.malformed());
  }
}

TEST_CASE("the last attribute may lack its padding, and flags are no part of the type") {
  const ByteBuffer bytes = check::from_hex("05 00 01 c0 2a");
  AttributeReader reader(bytes);
  const auto attribute = reader.next();
  REQUIRE(attribute.has_value());
  CHECK(attribute->type == 1);
  CHECK(attribute->u8() == 42);
  CHECK_FALSE(attribute->u32().has_value());
  CHECK_FALSE(reader.next().has_value());
  CHECK_FALSE(reader.malformed());
}

TEST_CASE("what the writer nests, the reader finds") {
  MessageWriter writer(16, 1, std::uint32_t{9});
  const std::size_t outer = writer.begin_nest(18);
  writer.put_text(1, "veth");
  const std::size_t inner = writer.begin_nest(2);
  writer.put_u8(1, 7);
  writer.end_nest(inner);
  writer.end_nest(outer);
  const ByteBuffer bytes = writer.take();
  const Message message = check::first_message(bytes);
  CHECK(load<std::uint32_t>(message.payload) == 9U);
  AttributeReader top(tail(message.payload, 4));
  const auto nest = top.next();
  REQUIRE(nest.has_value());
  CHECK(nest->type == 18);
  AttributeReader middle(nest->payload);
  CHECK(middle.next()->text() == "veth");
  AttributeReader bottom(middle.next()->payload);
  CHECK(bottom.next()->u8() == 7);
  CHECK_FALSE(top.next().has_value());
}

TEST_CASE("an attribute too long for its length field is not written") {
  MessageWriter writer(16, 1, std::uint32_t{0});
  const std::size_t before = writer.size();
  writer.put(1, ByteBuffer(70'000));
  CHECK(writer.size() == before);
  const auto message = writer.finish();
  REQUIRE_FALSE(message.ok());
  CHECK(message.failure().error_number == E2BIG);
  CHECK(writer.take().empty());
}

TEST_CASE("a nest may be as long as its length field says, and no longer") {
  constexpr std::size_t kLongest = 65'532;  // header and all, at a multiple of four
  for (const std::size_t excess : {std::size_t{0}, std::size_t{4}}) {
    MessageWriter writer(16, 1, std::uint32_t{0});
    const std::size_t nest = writer.begin_nest(9);
    writer.put_raw(ByteBuffer(kLongest - 4 + excess));
    writer.end_nest(nest);
    const auto message = writer.finish();
    CHECK(message.ok() == (excess == 0));
    if (!message.ok()) continue;
    AttributeReader reader(tail(check::first_message(message.value()).payload, 4));
    CHECK(reader.next()->payload.size() == kLongest - 4);
    CHECK_FALSE(reader.next().has_value());
  }
}

TEST_CASE("a refusal carries its errno and the kernel's text") {
  const ByteBuffer bytes = check::from_hex(kRefusal);
  const auto answer = decode_acknowledgement(check::first_message(bytes));
  REQUIRE(answer.has_value());
  CHECK(answer->error_number == 17);
  CHECK(answer->text == "no");
}

TEST_CASE("a refusal that echoes the whole request has its text behind it") {
  ByteBuffer bytes = check::from_hex(
      "34 00 00 00 02 00 00 02 07 00 00 00 00 00 00 00"
      "ef ff ff ff 16 00 00 00 10 00 05 06 07 00 00 00 00 00 00 00 01 02 03 04 05 06 00 00"
      "07 00 01 00 6e 6f 00 00");
  CHECK(decode_acknowledgement(check::first_message(bytes))->text == "no");
}

TEST_CASE("a refusal cut at any byte is safe") {
  check::for_each_cut(check::from_hex(kRefusal), [](const Message& cut) {
    CHECK(decode_acknowledgement(cut).has_value() == (cut.payload.size() >= 4));
  });
}

TEST_CASE("a transaction files answers by their sequence number, and is complete with the last") {
  Transaction transaction(10);
  const ByteBuffer request = MessageWriter(16, 5, std::uint32_t{0}).take();
  for (std::size_t slot = 0; slot < 3; ++slot) CHECK(transaction.add(request) == slot);
  transaction.number(0xffffffff);  // the numbers wrap
  for (const auto& [sequence, error] : {std::pair{0U, -17}, std::pair{5U, 0}, std::pair{0xfffffffeU, 0}}) {
    const ByteBuffer bytes = ack(sequence, error);
    transaction.receive(check::first_message(bytes));
  }
  CHECK_FALSE(transaction.complete());
  CHECK_FALSE(transaction.answer(0).has_value());
  CHECK(transaction.answer(1)->error_number == 17);
  const ByteBuffer bytes = ack(1, 0);
  transaction.receive(check::first_message(bytes));
  CHECK(transaction.complete());
  CHECK(transaction.answer(2)->error_number == 0);
}

TEST_CASE("a transaction that is numbered has no answers, and carries the numbers") {
  Transaction transaction(10);
  const ByteBuffer request = MessageWriter(16, 5, std::uint32_t{0}).take();
  for (int i = 0; i < 2; ++i) transaction.add(request);
  for (const std::uint32_t first : {7U, 40U}) {
    transaction.number(first);
    CHECK_FALSE(transaction.complete());
    CHECK_FALSE(transaction.answer(1).has_value());
    MessageReader reader(transaction.bytes());
    CHECK(reader.next()->sequence == first);
    CHECK(reader.next()->sequence == first + 1);
    const ByteBuffer bytes = ack(first + 1, 0);
    transaction.receive(check::first_message(bytes));
    CHECK(transaction.complete());
  }
}

TEST_CASE("only the last request of a sealed transaction asks for an acknowledgement") {
  Transaction transaction(10);
  const ByteBuffer asking = MessageWriter(16, NLM_F_REQUEST | NLM_F_ACK, std::uint32_t{0}).take();
  for (int i = 0; i < 3; ++i) transaction.add(asking);
  transaction.seal();
  MessageReader reader(transaction.bytes());
  for (const bool asks : {false, false, true}) {
    const auto message = reader.next();
    REQUIRE(message.has_value());
    CHECK(((message->flags & NLM_F_ACK) != 0) == asks);
    CHECK((message->flags & NLM_F_REQUEST) != 0);
  }
}

TEST_CASE("a transaction is full by bytes or by requests, but takes at least one") {
  const ByteBuffer large(Transaction::kMaxBytes + 16);
  Transaction by_bytes(10);
  CHECK(by_bytes.has_room_for(large));
  by_bytes.add(large);
  CHECK_FALSE(by_bytes.has_room_for(ByteBuffer(16)));
  constexpr std::size_t kMaxRequests = 3;
  Transaction by_count(kMaxRequests);
  for (std::size_t i = 0; i < kMaxRequests; ++i) {
    CHECK(by_count.has_room_for(ByteBuffer(16)));
    by_count.add(ByteBuffer(16));
  }
  CHECK_FALSE(by_count.has_room_for(ByteBuffer(16)));
}
