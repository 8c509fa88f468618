// epoll with tags: which descriptor is ready, said by the number it was watched with. Loop thread only.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/result.hh"
#include "base/unique_fd.hh"

namespace vn::engine {

/// Owns the epoll descriptor, none of the watched ones.
class EventLoop {
 public:
  static Result<EventLoop> open();

  Status watch(int fd, std::uint32_t events, std::uint64_t tag);
  /// Not modify-to-zero: epoll reports an error (ENOBUFS) even to who asked for nothing, and the loop would spin.
  void unwatch(int fd);
  /// The tags of what is ready, valid until the next call; none after `timeout_ms` (-1: for ever) or a signal.
  Result<std::span<const epoll_event>> wait(int timeout_ms);

 private:
  explicit EventLoop(UniqueFd fd) : fd_(std::move(fd)) {}

  /// As many as one turn takes; the rest comes with the next.
  static constexpr int kMaxReady = 64;

  UniqueFd fd_;
  std::array<epoll_event, kMaxReady> ready_{};
};

}  // namespace vn::engine
