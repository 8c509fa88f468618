// The field tables of generic netlink: families, WireGuard, nl80211. The same names stand in lib/kernel/wireguard.ts and
// lib/kernel/wireless.ts.
#pragma once

#include "engine/fields/field.hh"
#include "genl/family.hh"
#include "genl/nl80211/bss.hh"
#include "genl/nl80211/command.hh"
#include "genl/nl80211/event.hh"
#include "genl/nl80211/interface.hh"
#include "genl/nl80211/reg.hh"
#include "genl/nl80211/scan.hh"
#include "genl/nl80211/station.hh"
#include "genl/nl80211/wiphy.hh"
#include "genl/wireguard/device.hh"

namespace vn::engine {

// Families

template <> struct Words<genl::FamilyEventType> {
  static constexpr auto kWords = std::to_array<const char*>({"added", "gone", "groupsAdded", "groupsGone"});
};
template <> struct Fields<genl::MulticastGroup> {
  using T = genl::MulticastGroup;
  static constexpr auto kTable = std::make_tuple(field("name", &T::name), field("id", &T::id));
};
template <> struct Fields<genl::Operation> {
  using T = genl::Operation;
  static constexpr auto kTable = std::make_tuple(field("command", &T::command), field("flags", &T::flags));
};
template <> struct Fields<genl::FamilyInfo> {
  using T = genl::FamilyInfo;
  static constexpr auto kTable = std::make_tuple(
      field("name", &T::name), field("id", &T::id), field("version", &T::version), field("headerBytes", &T::header_bytes),
      field("maxAttribute", &T::max_attribute), field("groups", &T::groups), field("operations", &T::operations));
};
template <> struct Fields<genl::FamilyEvent> {
  using T = genl::FamilyEvent;
  static constexpr auto kTable = std::make_tuple(field("change", &T::type), field("family", &T::family));
};

// WireGuard

template <> struct Fields<genl::wireguard::AllowedIp> {
  using T = genl::wireguard::AllowedIp;
  static constexpr auto kTable = std::make_tuple(field("address", &T::address), field("prefixLength", &T::prefix_length));
};
template <> struct Fields<genl::wireguard::Endpoint> {
  using T = genl::wireguard::Endpoint;
  static constexpr auto kTable = std::make_tuple(
      field("address", &T::address), field("port", &T::port), field("scopeIfindex", &T::scope_ifindex));
};
template <> struct Fields<genl::wireguard::Peer> {
  using T = genl::wireguard::Peer;
  static constexpr auto kTable = std::make_tuple(
      field("publicKey", &T::public_key), field("presharedKey", &T::preshared_key), field("endpoint", &T::endpoint),
      field("keepaliveSeconds", &T::keepalive_seconds), field("lastHandshakeMs", &T::last_handshake_ms),
      field("rxBytes", &T::rx_bytes), field("txBytes", &T::tx_bytes), field("allowedIps", &T::allowed_ips),
      field("protocolVersion", &T::protocol_version));
};
template <> struct Fields<genl::wireguard::Device> {
  using T = genl::wireguard::Device;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("ifname", &T::ifname), field("privateKey", &T::private_key),
      field("publicKey", &T::public_key), field("listenPort", &T::listen_port), field("fwmark", &T::fwmark),
      field("peers", &T::peers));
};
template <> struct Fields<genl::wireguard::EndpointCommand> {
  using T = genl::wireguard::EndpointCommand;
  static constexpr auto kTable = std::make_tuple(
      field("address", &T::address), field("port", &T::port), field("scopeIfindex", &T::scope_ifindex));
};
template <> struct Fields<genl::wireguard::PeerCommand> {
  using T = genl::wireguard::PeerCommand;
  static constexpr auto kTable = std::make_tuple(
      field("publicKey", &T::public_key), field("presharedKey", &T::preshared_key), field("endpoint", &T::endpoint),
      field("keepaliveSeconds", &T::keepalive_seconds), field("remove", &T::remove), field("updateOnly", &T::update_only),
      field("replaceAllowedIps", &T::replace_allowed_ips), field("allowedIps", &T::allowed_ips));
};
template <> struct Fields<genl::wireguard::SetDevice> {
  using T = genl::wireguard::SetDevice;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("privateKey", &T::private_key), field("listenPort", &T::listen_port),
      field("fwmark", &T::fwmark), field("replacePeers", &T::replace_peers), field("peers", &T::peers));
};

// nl80211: words

template <> struct Words<genl::nl80211::InterfaceMode> {
  static constexpr auto kWords = genl::nl80211::kInterfaceModeWords;
};
template <> struct Words<genl::nl80211::Band> {
  static constexpr auto kWords = genl::nl80211::kBandWords;
};
template <> struct Words<genl::nl80211::ChannelWidth> {
  static constexpr auto kWords = genl::nl80211::kChannelWidthWords;
};
template <> struct Words<genl::nl80211::BssStatus> {
  static constexpr auto kWords = std::to_array<const char*>({"none", "authenticated", "associated", "ibss-joined"});
};
template <> struct Words<genl::nl80211::PeerLink> {
  static constexpr auto kWords = std::to_array<const char*>(
      {"none", "listen", "open-sent", "open-received", "confirm-received", "established", "holding", "blocked"});
};
template <> struct Words<genl::nl80211::DfsRegion> {
  static constexpr auto kWords = std::to_array<const char*>({"unset", "fcc", "etsi", "jp"});
};
template <> struct Words<genl::nl80211::ScanStage> {
  static constexpr auto kWords = std::to_array<const char*>({"started", "done", "aborted"});
};
template <> struct Words<genl::nl80211::ConnectionStage> {
  static constexpr auto kWords = std::to_array<const char*>({"connected", "rejected", "roamed", "disconnected"});
};
template <> struct Words<genl::nl80211::RegInitiator> {
  static constexpr auto kWords = std::to_array<const char*>({"core", "user", "driver", "country-element"});
};
template <> struct Words<genl::nl80211::SignalChange> {
  static constexpr auto kWords = std::to_array<const char*>({"below", "above", "beacon-lost"});
};

// nl80211: nouns

template <> struct Fields<genl::nl80211::Channel> {
  using T = genl::nl80211::Channel;
  static constexpr auto kTable = std::make_tuple(
      field("frequencyMhz", &T::frequency_mhz), field("disabled", &T::disabled), field("noIr", &T::no_ir),
      field("radar", &T::radar), field("indoorOnly", &T::indoor_only), field("maxPowerDbm", &T::max_power_dbm));
};
template <> struct Fields<genl::nl80211::BandChannels> {
  using T = genl::nl80211::BandChannels;
  static constexpr auto kTable = std::make_tuple(field("band", &T::band), field("channels", &T::channels));
};
template <> struct Fields<genl::nl80211::InterfaceLimit> {
  using T = genl::nl80211::InterfaceLimit;
  static constexpr auto kTable = std::make_tuple(field("max", &T::max), field("modes", &T::modes));
};
template <> struct Fields<genl::nl80211::InterfaceCombination> {
  using T = genl::nl80211::InterfaceCombination;
  static constexpr auto kTable = std::make_tuple(
      field("limits", &T::limits), field("maxInterfaces", &T::max_interfaces), field("maxChannels", &T::max_channels));
};
template <> struct Fields<genl::nl80211::Wiphy> {
  using T = genl::nl80211::Wiphy;
  static constexpr auto kTable = std::make_tuple(
      field("wiphy", &T::wiphy), field("name", &T::name), field("bands", &T::bands),
      field("supportedModes", &T::supported_modes), field("cipherSuites", &T::cipher_suites),
      field("akmSuites", &T::akm_suites), field("combinations", &T::combinations),
      field("maxScanSsids", &T::max_scan_ssids), field("features", &T::features));
};
template <> struct Fields<genl::nl80211::Interface> {
  using T = genl::nl80211::Interface;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("ifname", &T::ifname), field("wiphy", &T::wiphy), field("wdev", &T::wdev),
      field("mode", &T::mode), field("macAddress", &T::mac_address), field("ssid", &T::ssid),
      field("frequencyMhz", &T::frequency_mhz), field("centerFrequency1Mhz", &T::center_frequency1_mhz),
      field("centerFrequency2Mhz", &T::center_frequency2_mhz), field("channelWidth", &T::channel_width),
      field("txPowerDbm", &T::tx_power_dbm));
};
template <> struct Fields<genl::nl80211::Security> {
  using T = genl::nl80211::Security;
  static constexpr auto kTable = std::make_tuple(
      field("protocol", &T::protocol), field("keyManagement", &T::key_management),
      field("pairwiseCiphers", &T::pairwise_ciphers), field("groupCipher", &T::group_cipher),
      field("managementProtectionCapable", &T::management_protection_capable),
      field("managementProtectionRequired", &T::management_protection_required),
      field("preauthentication", &T::preauthentication));
};
template <> struct Fields<genl::nl80211::Bss> {
  using T = genl::nl80211::Bss;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("bssid", &T::bssid), field("frequencyMhz", &T::frequency_mhz),
      field("band", &T::band), field("signalDbm", &T::signal_dbm), field("signalPercent", &T::signal_percent),
      field("ageMs", &T::age_ms), field("lastSeenBoottimeMs", &T::last_seen_boottime_ms),
      field("beaconIntervalTu", &T::beacon_interval_tu), field("capability", &T::capability), field("status", &T::status),
      field("ssid", &T::ssid), field("meshId", &T::mesh_id), field("country", &T::country),
      field("securities", &T::securities), field("flags", &T::flags));
};
template <> struct Fields<genl::nl80211::Station> {
  using T = genl::nl80211::Station;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("macAddress", &T::mac_address), field("signalDbm", &T::signal_dbm),
      field("signalAverageDbm", &T::signal_average_dbm), field("txRateKbps", &T::tx_rate_kbps),
      field("rxRateKbps", &T::rx_rate_kbps), field("rxBytes", &T::rx_bytes), field("txBytes", &T::tx_bytes),
      field("rxPackets", &T::rx_packets), field("txPackets", &T::tx_packets), field("txRetries", &T::tx_retries),
      field("txFailed", &T::tx_failed), field("beaconLosses", &T::beacon_losses), field("inactiveMs", &T::inactive_ms),
      field("connectedSeconds", &T::connected_seconds), field("authorized", &T::authorized),
      field("authenticated", &T::authenticated), field("associated", &T::associated), field("wmm", &T::wmm),
      field("managementProtection", &T::management_protection), field("tdlsPeer", &T::tdls_peer),
      field("peerLink", &T::peer_link));
};
template <> struct Fields<genl::nl80211::RegulatoryRule> {
  using T = genl::nl80211::RegulatoryRule;
  static constexpr auto kTable = std::make_tuple(
      field("firstKhz", &T::first_khz), field("lastKhz", &T::last_khz), field("maxBandwidthKhz", &T::max_bandwidth_khz),
      field("maxAntennaGainDbi", &T::max_antenna_gain_dbi), field("maxPowerDbm", &T::max_power_dbm),
      field("cacTimeMs", &T::cac_time_ms), field("noIr", &T::no_ir), field("dfs", &T::dfs), field("noOfdm", &T::no_ofdm),
      field("noOutdoor", &T::no_outdoor), field("autoBandwidth", &T::auto_bandwidth));
};
template <> struct Fields<genl::nl80211::RegulatoryDomain> {
  using T = genl::nl80211::RegulatoryDomain;
  static constexpr auto kTable = std::make_tuple(
      field("alpha2", &T::alpha2), field("dfsRegion", &T::dfs_region), field("wiphy", &T::wiphy),
      field("selfManaged", &T::self_managed), field("rules", &T::rules));
};

// nl80211: commands

template <> struct Fields<genl::nl80211::ScanSsid> {
  static constexpr auto kTable = std::make_tuple(field("ssid", &genl::nl80211::ScanSsid::ssid));
};
template <> struct Fields<genl::nl80211::TriggerScan> {
  using T = genl::nl80211::TriggerScan;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("ssids", &T::ssids), field("passive", &T::passive),
      field("frequenciesMhz", &T::frequencies_mhz), field("flush", &T::flush), field("lowPriority", &T::low_priority),
      field("ap", &T::ap), field("randomAddress", &T::random_address));
};
template <> struct Fields<genl::nl80211::RequestRegulatory> {
  static constexpr auto kTable = std::make_tuple(field("alpha2", &genl::nl80211::RequestRegulatory::alpha2));
};

template <> struct Fields<genl::nl80211::AddInterface> {
  using T = genl::nl80211::AddInterface;
  static constexpr auto kTable = std::make_tuple(
      field("ifname", &T::ifname), field("parent", &T::parent), field("mode", &T::mode));
};
template <> struct Fields<genl::nl80211::DeleteInterface> {
  static constexpr auto kTable = std::make_tuple(field("ifindex", &genl::nl80211::DeleteInterface::ifindex));
};
template <> struct Fields<genl::nl80211::SetMeshParameters> {
  using T = genl::nl80211::SetMeshParameters;
  static constexpr auto kTable = std::make_tuple(
      field("ifindex", &T::ifindex), field("hwmpRootMode", &T::hwmp_root_mode),
      field("gateAnnouncements", &T::gate_announcements), field("forwarding", &T::forwarding),
      field("rssiThresholdDbm", &T::rssi_threshold_dbm));
};
template <> struct Fields<genl::nl80211::SetPowerSave> {
  using T = genl::nl80211::SetPowerSave;
  static constexpr auto kTable = std::make_tuple(field("ifindex", &T::ifindex), field("enabled", &T::enabled));
};

// nl80211: events

template <> struct Fields<genl::nl80211::ScanEvent> {
  using T = genl::nl80211::ScanEvent;
  static constexpr auto kTable = std::make_tuple(
      field("stage", &T::stage), field("ifindex", &T::ifindex), field("frequenciesMhz", &T::frequencies_mhz));
};
template <> struct Fields<genl::nl80211::ConnectionEvent> {
  using T = genl::nl80211::ConnectionEvent;
  static constexpr auto kTable = std::make_tuple(
      field("stage", &T::stage), field("ifindex", &T::ifindex), field("bssid", &T::bssid),
      field("statusCode", &T::status_code), field("reasonCode", &T::reason_code),
      field("byAccessPoint", &T::by_access_point));
};
template <> struct Fields<genl::nl80211::InterfaceAdded> {
  static constexpr auto kTable = std::make_tuple(field("interface", &genl::nl80211::InterfaceAdded::interface));
};
template <> struct Fields<genl::nl80211::InterfaceGone> {
  using T = genl::nl80211::InterfaceGone;
  static constexpr auto kTable = std::make_tuple(field("ifindex", &T::ifindex), field("wdev", &T::wdev));
};
template <> struct Fields<genl::nl80211::StationAdded> {
  static constexpr auto kTable = std::make_tuple(field("station", &genl::nl80211::StationAdded::station));
};
template <> struct Fields<genl::nl80211::StationGone> {
  using T = genl::nl80211::StationGone;
  static constexpr auto kTable = std::make_tuple(field("ifindex", &T::ifindex), field("macAddress", &T::mac_address));
};
template <> struct Fields<genl::nl80211::RegulatoryEvent> {
  using T = genl::nl80211::RegulatoryEvent;
  static constexpr auto kTable = std::make_tuple(
      field("initiator", &T::initiator), field("alpha2", &T::alpha2), field("wiphy", &T::wiphy));
};
template <> struct Fields<genl::nl80211::SignalEvent> {
  using T = genl::nl80211::SignalEvent;
  static constexpr auto kTable = std::make_tuple(
      field("change", &T::change), field("ifindex", &T::ifindex), field("signalDbm", &T::signal_dbm));
};

/// The word that names an event of nl80211.
template <class T> constexpr const char* kWirelessEventWord = nullptr;
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::ScanEvent> = "scan";
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::ConnectionEvent> = "connection";
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::InterfaceAdded> = "interface";
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::InterfaceGone> = "interfaceGone";
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::StationAdded> = "station";
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::StationGone> = "stationGone";
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::RegulatoryEvent> = "regulatory";
template <> inline constexpr const char* kWirelessEventWord<genl::nl80211::SignalEvent> = "signal";

}  // namespace vn::engine
