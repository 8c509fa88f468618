// Dumps that belong together: those of one command, or of a snapshot. Pure.
#pragma once

#include <optional>
#include <vector>

#include "engine/dump_reader.hh"
#include "engine/messages.hh"

namespace vn::engine {

/// Loop thread; ends when its last dump has been read. An interrupted dump begins the whole series anew: records of
/// the first try may have vanished since, some of them without a notification.
class DumpSeries {
 public:
  /// Tables that change all the time interrupt every dump; then the caller hears of it.
  static constexpr int kMaxAttempts = 8;
  /// A kernel short of memory breaks off a dump now and then; what fails again at once will go on failing.
  static constexpr int kMaxRetries = 3;
  /// What JavaScript must hold for one command; a full Internet table is a million routes.
  static constexpr std::size_t kMaxRecords = 4'000'000;

  static DumpSeries of_command(Id id, const Dump& dump);
  /// `follow`: bits by DumpSubject; links always.
  static DumpSeries of_snapshot(ResyncWhat what, std::uint32_t follow);

  /// The command to answer; none for a snapshot.
  const std::optional<Id>& id() const { return id_; }
  bool is_snapshot() const { return !id_; }
  ResyncWhat what() const { return what_; }

  const DumpRequest& current() const { return requests_[index_]; }
  /// Goes on to the next dump; false when there is none.
  bool advance() { return ++index_ < requests_.size(); }
  /// Begins anew after an interruption; false when that has been tried often enough.
  bool restart();
  /// The same after a failure; they are counted apart.
  bool retry();

  /// Counts a command's records; false where there are more than the limit.
  bool count(std::size_t records) { return (records_ += records) <= kMaxRecords; }

 private:
  DumpSeries() = default;

  void rewind();

  std::optional<Id> id_;
  ResyncWhat what_ = ResyncWhat::kAll;
  std::vector<DumpRequest> requests_;
  std::size_t index_ = 0;
  int attempt_ = 1;
  int retries_ = 0;
  std::size_t records_ = 0;
};

}  // namespace vn::engine
