// One TCP connect without waiting, bound to a link. Loop thread only; knows no deadline, its keeper does (engine/probes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip_address.hh"
#include "base/unique_fd.hh"

namespace vn::probe {

struct Target {
  IpAddress address;
  std::uint16_t port = 0;
  /// SO_BINDTODEVICE where given.
  std::optional<std::string> ifname;
};

enum class Outcome : std::uint8_t { kConnected, kRefused, kTimeout, kUnreachable };

struct Verdict {
  Outcome outcome = Outcome::kUnreachable;
  /// 0 where connected.
  int error_number = 0;
};

/// Owns the connecting socket; closes it with a reset, so that no TIME_WAIT entries heap up.
class TcpProbe {
 public:
  /// Starts the attempt. Ask verdict() first: the kernel may know at once.
  static TcpProbe start(const Target& target);

  /// Known already: no socket is worth watching.
  const std::optional<Verdict>& verdict() const { return verdict_; }
  /// Watch for EPOLLOUT, then call conclude().
  int fd() const { return fd_.get(); }
  /// How the attempt ended. Only after verdict() is known or epoll has told of the socket: before, it would count as
  /// connected, for then no error stands against it.
  Verdict conclude();
  /// The same at any time; nothing while the attempt still runs. One more system call.
  std::optional<Verdict> finish();

 private:
  TcpProbe() = default;

  UniqueFd fd_;
  std::optional<Verdict> verdict_;
};

}  // namespace vn::probe
