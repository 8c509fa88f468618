// A device whose reads and writes are messages, such as the control channel of a modem (/dev/cdc-wdm0, drivers/usb/class/cdc-wdm.c):
// not blocking, so that the loop may wait for it, where Node's fs would block a thread of its pool.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hh"
#include "base/result.hh"
#include "base/unique_fd.hh"
#include "datagram/unix_endpoint.hh"

namespace vn::datagram {

/// Owns the open device; closing gives it back. Loop thread.
class DeviceEndpoint {
 public:
  /// Of one read or write; modems have up to 4 KiB, and drivers hand out what has gathered.
  static constexpr std::size_t kMaxBytes = UnixEndpoint::kMaxBytes;

  /// `path`: a character device that poll(2) knows, or a seqpacket socket that stands in for one. EBUSY: another one that
  /// also asks for the lock (flock) has the device. EINVAL: something else is there. ENOENT, ENXIO: nothing is.
  static Result<DeviceEndpoint> open(const std::string& path);

  int fd() const { return fd_.get(); }
  /// Failure EMSGSIZE: the device took only the beginning.
  Result<SendOutcome> send(ByteView bytes);
  /// What one read brings; none where nothing waits. A failure: the device is gone, or of no use without a new start.
  Result<std::optional<Received>> receive();

 private:
  DeviceEndpoint(UniqueFd fd, bool is_socket) : fd_(std::move(fd)), is_socket_(is_socket) {}

  static Result<DeviceEndpoint> connect_to(const std::string& path);

  UniqueFd fd_;
  bool is_socket_ = false;
};

}  // namespace vn::datagram
