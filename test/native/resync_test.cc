#include "engine/resync.hh"

#include <cmath>

#include "check.hh"

using namespace vn::engine;

TEST_CASE("nothing is due until it is asked for, then at once") {
  Resync resync(100);
  CHECK(std::isinf(resync.due_ms()));
  resync.request(ResyncWhat::kRoutes, 7);
  CHECK(resync.due_ms() <= 0);
  CHECK(resync.begin() == ResyncWhat::kRoutes);
  CHECK(resync.end(1'000) == std::vector<Id>{7});
}

TEST_CASE("requests are coalesced, and all includes routes") {
  Resync resync(100);
  resync.request(ResyncWhat::kAll, 1);
  resync.request(ResyncWhat::kRoutes, 2);
  resync.request(ResyncWhat::kRoutes, std::nullopt);
  CHECK(resync.waiting() == 2);
  CHECK(resync.begin() == ResyncWhat::kAll);
  CHECK(resync.waiting() == 0);
  CHECK(resync.end(0) == std::vector<Id>{1, 2});
  CHECK(std::isinf(resync.due_ms()));
}

TEST_CASE("a request during a snapshot waits for the next, one interval later") {
  Resync resync(100);
  resync.request(ResyncWhat::kAll, 1);
  resync.begin();
  resync.request(ResyncWhat::kRoutes, 2);
  CHECK(std::isinf(resync.due_ms()));
  CHECK(resync.end(5'000) == std::vector<Id>{1});
  CHECK(resync.due_ms() == 5'100);
  CHECK(resync.begin() == ResyncWhat::kRoutes);
  CHECK(resync.end(6'000) == std::vector<Id>{2});
}
