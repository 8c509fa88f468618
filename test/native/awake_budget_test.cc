#include "engine/awake_budget.hh"

#include "check.hh"

using namespace vn::engine;

TEST_CASE("with one processor nobody waits awake") { CHECK_FALSE(AwakeBudget(1).may_wait(1'000)); }

TEST_CASE("waits in vain are a fiftieth of the time in the long run") {
  AwakeBudget budget(2);
  double spent_ms = 0;
  for (double now_ms = 0; now_ms < 10'000; now_ms += 0.1) {
    if (!budget.may_wait(now_ms)) continue;
    budget.spend(AwakeBudget::kLongestMs);
    spent_ms += AwakeBudget::kLongestMs;
  }
  CHECK(spent_ms <= 10'000 * AwakeBudget::kShare + AwakeBudget::kMostSavedMs);
  CHECK(spent_ms >= 10'000 * AwakeBudget::kShare - AwakeBudget::kMostSavedMs);
}

TEST_CASE("a wait that was answered costs nothing") {
  AwakeBudget budget(2);
  for (int i = 0; i < 1'000; ++i) CHECK(budget.may_wait(1));
}
