// A unix datagram socket with a name of its own and one peer (unix(7)): what wpa_supplicant's control interface speaks, and
// Node has none of.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hh"
#include "base/result.hh"
#include "base/unique_fd.hh"

namespace vn::datagram {

/// Names are absolute paths, or '@' and an abstract name, each of at most 107 bytes.
struct Names {
  /// Where the peer's answers come to.
  std::string local;
  std::string peer;
};

enum class SendOutcome : std::uint8_t {
  kSent,
  /// The peer's queue (net.unix.max_dgram_qlen) or our send buffer is full; EPOLLOUT tells when there is room.
  kFull,
  /// Nobody is behind the name any more: the endpoint is of no use now.
  kPeerGone,
};

struct Received {
  ByteBuffer bytes;
  /// True where it was longer than kMaxBytes: its end is lost.
  bool truncated = false;
};

/// Owns the socket and the file of its name; both go when it ends. Non-blocking. Loop thread: names are those of the
/// thread's network namespace (abstract ones) and of the process's root (paths).
class UnixEndpoint {
 public:
  /// Far beyond what wpa_supplicant's control interface sends; the kernel's send buffer holds three of them.
  static constexpr std::size_t kMaxBytes = 64 * 1024;

  /// Binds and connects. A file left behind by a process that died is taken away first, one that somebody listens on is not
  /// (EADDRINUSE). The new file has mode 0600. ENOENT, ECONNREFUSED: no peer there.
  static Result<UnixEndpoint> open(const Names& names);

  UnixEndpoint(UnixEndpoint&& other) noexcept;
  UnixEndpoint& operator=(UnixEndpoint&& other) noexcept;
  UnixEndpoint(const UnixEndpoint&) = delete;
  UnixEndpoint& operator=(const UnixEndpoint&) = delete;
  ~UnixEndpoint();

  int fd() const { return fd_.get(); }
  /// The whole datagram or nothing of it. Failure EMSGSIZE: too long for us or for the kernel.
  Result<SendOutcome> send(ByteView bytes);
  /// The next datagram; none where none waits. Failure ECONNRESET: the peer has closed its end or taken another peer.
  Result<std::optional<Received>> receive();

 private:
  UnixEndpoint() = default;

  Status bind_to(const std::string& name);
  void remove_file();

  UniqueFd fd_;
  /// '' where there is no file to remove.
  std::string path_;
  /// Of our file: another one at the same path, made since, stays.
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace vn::datagram
