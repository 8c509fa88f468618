// Sends commands of generic netlink and reads the kernel's acknowledgements. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/families.hh"
#include "engine/messages.hh"
#include "netlink/acknowledgement.hh"
#include "netlink/socket.hh"

namespace vn::engine {

/// Owns the socket, opened at the first command. It is never watched: the kernel works a request off inside sendmsg
/// (genl_rcv), so that its acknowledgement lies ready when the call returns.
class GenericWriter {
 public:
  /// `families` outlives it.
  explicit GenericWriter(Families& families) : families_(families) {}

  /// Sends the next request of the command, which most have one of; true when the command is answered, in `replies`. Call
  /// it with the same command until then: in between, others have their turn.
  bool run(const Command& command, std::vector<Event>& replies);

 private:
  /// A command that is being carried out; an urgent one may stand beside one that is not.
  struct Pending {
    Id id = 0;
    std::uint16_t family_id = 0;
    std::vector<ByteBuffer> requests;
    std::size_t next = 0;
  };

  Result<Pending*> pending_of(const Command& command);
  Result<Pending> prepare(const Command& command);
  Status open();
  Status send_next(Pending& pending);
  /// The refusal of a family that went and came back meanwhile is none: then the requests are made anew.
  Result<bool> made_anew(const Command& command, Pending& pending);
  Result<netlink::Acknowledgement> read_acknowledgement();
  void finish(const Command& command, const Status& status, std::vector<Event>& replies);

  Families& families_;
  std::optional<netlink::Socket> socket_;
  std::optional<netlink::Receiver> receiver_;
  std::uint32_t sequence_ = 0;
  std::vector<Pending> pending_;
};

}  // namespace vn::engine
