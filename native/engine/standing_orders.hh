// Commands made ahead that the loop carries out by itself when a link's carrier changes. Loop thread only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/command_writer.hh"
#include "engine/messages.hh"

namespace vn::engine {

/// Each order is carried out once; a new set takes the place of the old one as a whole.
class StandingOrders {
 public:
  /// As many as links that could each have one, and their commands in a few chunks each.
  static constexpr std::size_t kMaxOrders = 4096;
  /// Of one order: it is carried out in one go, and all its refusals fit in one record.
  static constexpr std::size_t kMaxCommands = 256;

  /// Decodes every command and encodes it for the kernel now, so that nothing can be malformed, and little is left to do, when
  /// it counts. Failure EINVAL, E2BIG: the old set stands.
  Status replace(const SetOrders& orders, const CommandWriter& writer);

  /// The link's carrier is now so, or was lost with the link: carries out what waits for that, and appends one event an order.
  void carrier(std::uint32_t ifindex, bool lower_up, CommandWriter& writer, std::vector<Event>& done);
  bool empty() const { return standing_.empty(); }

 private:
  struct Standing {
    std::string name;
    std::uint32_t ifindex = 0;
    bool lower_up = false;
    std::vector<CommandWriter::Chunk> chunks;
  };

  Event carry_out(Standing& standing, CommandWriter& writer) const;

  std::uint32_t generation_ = 0;
  std::vector<Standing> standing_;
};

}  // namespace vn::engine
