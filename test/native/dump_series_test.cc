#include "engine/dump_series.hh"

#include <sys/socket.h>

#include "check.hh"
#include "engine/engine_loop.hh"

using namespace vn;
using namespace vn::engine;

namespace {

struct NoSink {
  template <class Body>
  void take(EventType, const Body&, double) {}
};

}  // namespace

TEST_CASE("a snapshot that fails begins anew three times, and then no more") {
  DumpSeries series = DumpSeries::of_snapshot(ResyncWhat::kAll, kFollowDefault);
  for (int i = 0; i < DumpSeries::kMaxRetries; ++i) {
    CHECK(series.advance());
    CHECK(series.current().subject == DumpSubject::kAddresses);
    CHECK(series.retry());
    CHECK(series.current().subject == DumpSubject::kLinks);
  }
  CHECK_FALSE(series.retry());
}

TEST_CASE("interruptions and failures are counted apart") {
  DumpSeries series = DumpSeries::of_snapshot(ResyncWhat::kRoutes, kFollowDefault);
  for (int i = 1; i < DumpSeries::kMaxAttempts; ++i) CHECK(series.restart());
  CHECK_FALSE(series.restart());
  CHECK(series.retry());
}

TEST_CASE("records are counted anew when a series begins anew") {
  DumpSeries series = DumpSeries::of_command(7, {DumpSubject::kLinks, std::nullopt});
  CHECK(series.count(DumpSeries::kMaxRecords));
  CHECK(series.retry());
  CHECK(series.count(DumpSeries::kMaxRecords));
  CHECK_FALSE(series.count(1));
}

TEST_CASE("a snapshot holds what is followed, and routes behind what they stand on") {
  DumpSeries series = DumpSeries::of_snapshot(ResyncWhat::kAll, follow_bit(DumpSubject::kRoutes) | follow_bit(DumpSubject::kNexthops));
  CHECK(series.current().subject == DumpSubject::kLinks);
  CHECK(series.advance());
  CHECK(series.current().subject == DumpSubject::kNexthops);
  CHECK(series.advance());
  CHECK(series.current().subject == DumpSubject::kRoutes);
  CHECK(series.advance());
  CHECK_FALSE(series.advance());
}

TEST_CASE("a dump socket that breaks off is a failure, not the end of the dump") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
  DumpReader reader(netlink::Socket::adopt(UniqueFd(ends[0])));
  REQUIRE(reader.start({}).ok());
  NoSink sink;
  CHECK_FALSE(reader.read(sink).value().finished);
  ::close(ends[1]);  // with the request unread: the near end is told ECONNRESET
  const auto part = reader.read(sink);
  REQUIRE_FALSE(part.ok());
  CHECK(part.failure().error_number == ECONNRESET);
}
