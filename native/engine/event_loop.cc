#include "engine/event_loop.hh"

namespace vn::engine {

Result<EventLoop> EventLoop::open() {
  UniqueFd fd(epoll_create1(EPOLL_CLOEXEC));
  if (!fd.valid()) return failed("epoll_create1");
  return EventLoop(std::move(fd));
}

Status EventLoop::watch(int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return failed("epoll_ctl");
  return Done{};
}

void EventLoop::unwatch(int fd) { (void)epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr); }

Result<std::span<const epoll_event>> EventLoop::wait(int timeout_ms) {
  const int count = epoll_wait(fd_.get(), ready_.data(), kMaxReady, timeout_ms);
  if (count < 0 && errno != EINTR) return failed("epoll_wait");
  return std::span<const epoll_event>{ready_}.first(count < 0 ? 0 : static_cast<std::size_t>(count));
}

}  // namespace vn::engine
