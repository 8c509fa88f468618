#include "engine/dump_series.hh"

#include <utility>

namespace vn::engine {

namespace {

void append_both_families(std::vector<DumpRequest>& requests, DumpSubject subject, std::optional<std::uint32_t> table) {
  requests.push_back({subject, Family::kIpv4, table});
  requests.push_back({subject, Family::kIpv6, table});
}

/// Nothing for events that are no records (a dump lists what is, never what has gone).
std::optional<Record> to_record(Event& event) {
  if (auto* link = std::get_if<rtnl::Link>(&event.body)) return std::move(*link);
  if (auto* address = std::get_if<rtnl::Address>(&event.body)) return std::move(*address);
  if (auto* route = std::get_if<LiveRoute>(&event.body)) return static_cast<rtnl::Route&&>(std::move(*route));
  if (auto* rule = std::get_if<rtnl::Rule>(&event.body)) return std::move(*rule);
  if (auto* neighbour = std::get_if<rtnl::Neighbour>(&event.body)) return std::move(*neighbour);
  if (auto* nexthop = std::get_if<rtnl::NexthopObject>(&event.body)) return std::move(*nexthop);
  return std::nullopt;
}

}  // namespace

DumpSeries DumpSeries::of_command(Id id, const Dump& dump) {
  DumpSeries series;
  series.id_ = id;
  const bool without_family = dump.what == DumpSubject::kLinks || dump.what == DumpSubject::kNexthops;
  if (without_family) series.requests_.push_back({dump.what, Family::kIpv4, std::nullopt});
  else append_both_families(series.requests_, dump.what, dump.what == DumpSubject::kRoutes ? dump.table : std::nullopt);
  return series;
}

DumpSeries DumpSeries::of_snapshot(ResyncWhat what) {
  DumpSeries series;
  series.what_ = what;
  if (what == ResyncWhat::kAll) {
    series.requests_.push_back({DumpSubject::kLinks, Family::kIpv4, std::nullopt});
    append_both_families(series.requests_, DumpSubject::kAddresses, std::nullopt);
    append_both_families(series.requests_, DumpSubject::kRules, std::nullopt);
  }
  append_both_families(series.requests_, DumpSubject::kRoutes, std::nullopt);
  return series;
}

bool DumpSeries::restart() {
  if (attempt_ >= kMaxAttempts) return false;
  ++attempt_;
  rewind();
  return true;
}

bool DumpSeries::retry() {
  if (retries_ >= kMaxRetries) return false;
  ++retries_;
  rewind();
  return true;
}

void DumpSeries::rewind() {
  index_ = 0;
  records_.clear();
}

void DumpSeries::collect(std::vector<Event>& events) {
  for (Event& event : events) {
    if (auto record = to_record(event)) records_.push_back(std::move(*record));
  }
  if (records_.size() > kMaxRecords) overflowed_ = true;
  if (overflowed_) records_.clear();
}

}  // namespace vn::engine
