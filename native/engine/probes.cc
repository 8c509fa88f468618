#include "engine/probes.hh"

#include <linux/if.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/clock.hh"

namespace vn::engine {

namespace {

Event make_end(Id id, const probe::Verdict& verdict, double started_ms) {
  const double now = now_ms();
  ProbeEnd end{id, verdict.outcome, std::nullopt, now - started_ms};
  if (verdict.outcome == probe::Outcome::kUnreachable) end.error_number = verdict.error_number;
  return {EventType::kProbe, now, end};
}

}  // namespace

void Probes::start(Id id, const ProbeRequest& request, EventLoop& loop, std::uint64_t tag, std::vector<Event>& events) {
  const double started_ms = now_ms();
  const auto refuse = [&](int error_number) {
    events.push_back(make_end(id, {probe::Outcome::kUnreachable, error_number}, started_ms));
  };
  const auto address = parse_ip(request.address);
  if (!address || request.port == 0 || std::isnan(request.deadline_ms) || running_.contains(id)) return refuse(EINVAL);
  // The kernel would take none for any link, and cut a name that is too long.
  if (request.ifname && (request.ifname->empty() || request.ifname->size() >= IFNAMSIZ)) return refuse(EINVAL);
  if (running_.size() >= kMaxInFlight) return refuse(EAGAIN);
  const double deadline_ms = started_ms + std::clamp(request.deadline_ms, 0.0, kMaxDeadlineMs);
  Running running{probe::TcpProbe::start({*address, request.port, request.ifname}), started_ms, deadline_ms};
  if (running.probe.verdict()) {
    events.push_back(make_end(id, *running.probe.verdict(), started_ms));
    return;
  }
  const Status watched = loop.watch(running.probe.fd(), EPOLLOUT, tag);
  if (!watched.ok()) return refuse(watched.failure().error_number);
  deadlines_.emplace(running.deadline_ms, id);
  running_.emplace(id, std::move(running));
}

void Probes::ready(Id id, std::vector<Event>& events) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  // epoll has just told of it, and an id is never given twice: no need to ask whether it has ended.
  const probe::Verdict verdict = found->second.probe.conclude();
  end(id, found->second, verdict, events);
}

void Probes::cancel(Id id) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  deadlines_.erase({found->second.deadline_ms, id});
  running_.erase(found);
}

void Probes::expire(double now_ms, std::vector<Event>& events) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ms) {
    const Id id = deadlines_.begin()->second;
    const auto found = running_.find(id);
    // The answer may have come with the deadline: then it counts.
    const auto verdict = found->second.probe.finish();
    end(id, found->second, verdict.value_or(probe::Verdict{probe::Outcome::kTimeout, 0}), events);
  }
}

double Probes::due_ms() const {
  return deadlines_.empty() ? std::numeric_limits<double>::infinity() : deadlines_.begin()->first;
}

void Probes::end(Id id, const Running& running, const probe::Verdict& verdict, std::vector<Event>& events) {
  events.push_back(make_end(id, verdict, running.started_ms));
  cancel(id);
}

}  // namespace vn::engine
