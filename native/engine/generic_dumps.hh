// Lists of generic netlink, asked for by commands and read in the loop's turns. Loop thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/result.hh"
#include "engine/event_loop.hh"
#include "engine/families.hh"
#include "engine/generic_list.hh"
#include "engine/messages.hh"
#include "engine/source.hh"
#include "netlink/socket.hh"

namespace vn::engine {

/// How a list ended; each command has one.
struct GenericEnd {
  Id id = 0;
  std::optional<Failure> failure;
  /// Without times: records of what was asked for.
  std::vector<Event> records;
};

/// Owns the socket, opened at the first command and again after a failure (the kernel would count the broken dump as
/// running: EBUSY). One list is read at a time.
class GenericDumps {
 public:
  /// A handful of radios, asked now and then.
  static constexpr std::size_t kMaxWaiting = 256;
  /// Parts of 32 KiB; then others have their turn.
  static constexpr int kPartsPerTurn = 4;
  /// Networks come and go while they are listed.
  static constexpr int kMaxAttempts = 8;

  /// `loop` and `families` outlive it. The socket is watched with the tag of `source`.
  GenericDumps(EventLoop& loop, Source source, Families& families) : loop_(loop), source_(source), families_(families) {}

  void start(Id id, const ListGeneric& list, std::vector<GenericEnd>& ends);
  /// Call it when the tag was ready.
  void ready(std::vector<GenericEnd>& ends);

 private:
  struct Running {
    Id id = 0;
    ListGeneric list;
    GenericList gathered;
    int attempts = 1;
    /// NLM_F_DUMP_INTR: what is listed has changed meanwhile.
    bool interrupted = false;
    /// The family was asked for anew, after the kernel did not know its number.
    bool family_checked = false;
  };

  enum class Progress : std::uint8_t { kNothing, kMore, kFinished };

  void begin_next(std::vector<GenericEnd>& ends);
  Status open();
  Status send_request();
  Result<Progress> read_part();
  Result<Progress> take(const netlink::Message& message);
  void finish(std::vector<GenericEnd>& ends);
  void fail(const Failure& failure, std::vector<GenericEnd>& ends);
  void end(GenericEnd how, std::vector<GenericEnd>& ends);

  EventLoop& loop_;
  const Source source_;
  Families& families_;
  std::optional<netlink::Socket> socket_;
  std::optional<netlink::Receiver> receiver_;
  std::uint32_t sequence_ = 0;
  /// The first one is being read.
  std::deque<Running> running_;
  bool reading_ = false;
};

}  // namespace vn::engine
