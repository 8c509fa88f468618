// How long the loop may wait for JavaScript's answer without going to sleep. Pure.
#pragma once

#include <algorithm>

namespace vn::engine {

/// A sleeping thread takes tens of microseconds to wake, longer than JavaScript takes to answer an event with a command. So
/// the loop looks out for the answer for a moment before it sleeps. What is waited in vain is at most kShare of the time.
class AwakeBudget {
 public:
  static constexpr double kLongestMs = 0.08;
  static constexpr double kShare = 0.02;
  /// So that events far apart have several tries each.
  static constexpr double kMostSavedMs = 0.8;

  /// `processors`: that this process may run on. With one alone, waiting awake keeps JavaScript from answering.
  explicit AwakeBudget(int processors) : allowed_(processors > 1) {}

  bool may_wait(double now_ms) {
    if (!allowed_) return false;
    saved_ms_ = std::min(kMostSavedMs, saved_ms_ + (now_ms - counted_until_ms_) * kShare);
    counted_until_ms_ = now_ms;
    return saved_ms_ >= kLongestMs;
  }
  /// Of a wait that nobody answered.
  void spend(double ms) { saved_ms_ -= ms; }

 private:
  bool allowed_;
  double saved_ms_ = kMostSavedMs;
  double counted_until_ms_ = 0;
};

}  // namespace vn::engine
