// The families of generic netlink that the engine speaks to, asked of the kernel by name. Loop thread only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.hh"
#include "genl/family.hh"
#include "netlink/socket.hh"

namespace vn::engine {

/// Owns a socket to the controller, opened when it is first asked. A family that was found is remembered until the
/// controller tells of a change of it; one that was not found is asked for every time, for its module may come.
class Families {
 public:
  /// EPROTONOSUPPORT: the kernel has none of that name. The kernel tries to load a module that has it, and answers when it
  /// has: only who may (CAP_NET_ADMIN) waits for that.
  Result<genl::FamilyInfo> find(const std::string& name);
  /// What was remembered turned out to be wrong.
  void forget(const std::string& name) { known_.erase(name); }

 private:
  Status open();
  void hear_changes();
  void hear(const netlink::Message& message);
  Result<genl::FamilyInfo> ask(const std::string& name);
  /// Nothing where the datagrams hold no answer.
  std::optional<Result<genl::FamilyInfo>> read_answer(const std::string& name);

  std::optional<netlink::Socket> socket_;
  std::optional<netlink::Receiver> receiver_;
  std::uint32_t sequence_ = 0;
  std::map<std::string, genl::FamilyInfo> known_;
};

}  // namespace vn::engine
