// Names of the suites by which a network says how it ciphers and how it manages keys (IEEE 802.11-2020, tables 9-149 and
// 9-151; Wi-Fi Alliance's WPA, DPP and OSEN). Pure.
#pragma once

#include <cstdint>
#include <string>

namespace vn::genl::nl80211 {

/// OUI in the upper three octets, type in the lowest, as nl80211 numbers suites.
using Suite = std::uint32_t;

/// 'ccmp', 'tkip', …; a suite that has no name here as 'oui:type', such as '00-0f-ac:63'.
std::string cipher_name(Suite suite);
/// 'psk', 'sae', 'eap', …; the same.
std::string key_management_name(Suite suite);

}  // namespace vn::genl::nl80211
