// One owner for each name in a network namespace: a listening abstract unix socket (unix(7)), which the kernel frees with
// its process. Loop thread only.
#pragma once

#include <optional>
#include <string>

#include "base/result.hh"
#include "base/unique_fd.hh"

namespace vn::engine {

/// Holds the name for its life, and tells the pid to who connects.
class InstanceLock {
 public:
  /// Failure EADDRINUSE: another holds it; see ask_owner. EINVAL: no name, or longer than a socket address.
  static Result<InstanceLock> take(const std::string& name);

  const std::string& name() const { return name_; }
  int fd() const { return fd_.get(); }
  /// Answers whoever waits: the pid as decimal text and a newline. Pauses for 10 ms where it cannot for want of descriptors.
  void answer();

 private:
  InstanceLock(UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  UniqueFd fd_;
  std::string name_;
};

/// The pid that holds the name, as text; '' where it does not answer in time. Waits up to 200 ms: at start-up only.
std::string ask_owner(const std::string& name);

}  // namespace vn::engine
