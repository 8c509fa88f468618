#include "engine/dump_series.hh"

#include <utility>

namespace vn::engine {

namespace {

void append_both_families(std::vector<DumpRequest>& requests, DumpSubject subject, std::optional<std::uint32_t> table) {
  requests.push_back({subject, Family::kIpv4, table});
  requests.push_back({subject, Family::kIpv6, table});
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

DumpSeries DumpSeries::of_snapshot(ResyncWhat what, std::uint32_t follow) {
  DumpSeries series;
  series.what_ = what;
  const auto add = [&](DumpSubject subject) {
    if ((follow >> static_cast<unsigned>(subject) & 1U) == 0) return;
    if (subject == DumpSubject::kNexthops) series.requests_.push_back({subject, Family::kIpv4, std::nullopt});
    else append_both_families(series.requests_, subject, std::nullopt);
  };
  if (what == ResyncWhat::kAll) {
    series.requests_.push_back({DumpSubject::kLinks, Family::kIpv4, std::nullopt});
    add(DumpSubject::kAddresses);
    add(DumpSubject::kRules);
    add(DumpSubject::kNeighbours);
  }
  // What routes stand on comes before them.
  add(DumpSubject::kNexthops);
  add(DumpSubject::kRoutes);
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
  records_ = 0;
}

}  // namespace vn::engine
