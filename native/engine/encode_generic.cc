#include "engine/encode_generic.hh"

#include <linux/nl80211.h>
#include <linux/wireguard.h>

#include <cstdlib>
#include <utility>

namespace vn::engine {

namespace {

namespace nl80211 = genl::nl80211;
namespace wireguard = genl::wireguard;

Result<std::vector<ByteBuffer>> one(Result<ByteBuffer> request) {
  if (!request.ok()) return request.failure();
  std::vector<ByteBuffer> requests;
  requests.push_back(std::move(request.value()));
  return requests;
}

}  // namespace

bool is_generic_write(CommandType type) {
  return type >= CommandType::kRequestRegulatory && type <= CommandType::kAbortScan;
}

const char* family_of(CommandType type) {
  return type == CommandType::kSetWireguardDevice ? WG_GENL_NAME : NL80211_GENL_NAME;
}

const char* family_of(GenericSubject subject) {
  return subject == GenericSubject::kWireguardDevice ? WG_GENL_NAME : NL80211_GENL_NAME;
}

Result<std::vector<ByteBuffer>> encode_generic(const Command& command, std::uint16_t family_id) {
  const genl::Target target{family_id, 1};
  const auto& body = command.body;
  if (const auto* hint = std::get_if<nl80211::RequestRegulatory>(&body)) return one(nl80211::encode(target, *hint));
  if (const auto* add = std::get_if<nl80211::AddInterface>(&body)) return one(nl80211::encode(target, *add));
  if (const auto* gone = std::get_if<nl80211::DeleteInterface>(&body)) return one(nl80211::encode(target, *gone));
  if (const auto* mesh = std::get_if<nl80211::SetMeshParameters>(&body)) return one(nl80211::encode(target, *mesh));
  if (const auto* saving = std::get_if<nl80211::SetPowerSave>(&body)) return one(nl80211::encode(target, *saving));
  if (const auto* scan = std::get_if<nl80211::TriggerScan>(&body)) return one(nl80211::encode(target, *scan));
  if (const auto* end = std::get_if<AbortScan>(&body)) return one(nl80211::encode_abort_scan(target, end->ifindex));
  if (const auto* device = std::get_if<wireguard::SetDevice>(&body)) return wireguard::encode_set_device(family_id, *device);
  return Failure{EINVAL, "encode command", "not a command of generic netlink"};
}

Result<ByteBuffer> encode_list(const ListGeneric& list, std::uint16_t family_id) {
  const genl::Target target{family_id, 1};
  const std::uint32_t ifindex = list.ifindex.value_or(0);
  const Failure no_link{EINVAL, "encode list", "ifindex is missing"};
  switch (list.what) {
    case GenericSubject::kRadios: return nl80211::encode_wiphy_dump(target);
    case GenericSubject::kWirelessInterfaces: return nl80211::encode_interface_dump(target);
    case GenericSubject::kRegulatoryDomains: return nl80211::encode_reg_dump(target);
    case GenericSubject::kScanResults:
      if (ifindex == 0) return no_link;
      return nl80211::encode_scan_dump(target, ifindex);
    case GenericSubject::kStations:
      if (ifindex == 0) return no_link;
      return nl80211::encode_station_dump(target, ifindex);
    case GenericSubject::kWireguardDevice:
      if (ifindex == 0) return no_link;
      return wireguard::encode_get_device(family_id, ifindex);
  }
  std::abort();
}

}  // namespace vn::engine
