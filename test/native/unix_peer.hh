// The far end of a datagram endpoint: bound to a name, connected to nobody, as wpa_supplicant's control socket is.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "base/unique_fd.hh"
#include "check.hh"

namespace vn::check {

struct UnixPeer {
  explicit UnixPeer(const std::string& name) : fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const auto [address, length] = to_address(name);
    REQUIRE(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  }

  static std::pair<sockaddr_un, socklen_t> to_address(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    return {address, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (name.front() == '@' ? 0 : 1))};
  }

  void send_to(const std::string& name, const std::string& text) const {
    const auto [address, length] = to_address(name);
    REQUIRE(sendto(fd.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), length) >= 0);
  }

  /// The next datagram's text; '(none)' where none waits.
  std::string receive() const {
    std::string text(128 * 1024, '\0');
    const ssize_t length = recv(fd.get(), text.data(), text.size(), MSG_DONTWAIT);
    if (length < 0) return "(none)";
    text.resize(static_cast<std::size_t>(length));
    return text;
  }

  UniqueFd fd;
};

/// A name that no other test and no other run uses.
inline std::string abstract_name(const char* suffix) { return "@vintage-net-test-" + std::to_string(getpid()) + "-" + suffix; }

inline ByteBuffer to_bytes(const std::string& text) {
  ByteBuffer bytes;
  append_bytes(bytes, view_of_text(text));
  return bytes;
}

}  // namespace vn::check
