#include "genl/nl80211/suite.hh"

#include <array>
#include <cstdio>
#include <span>

namespace vn::genl::nl80211 {

namespace {

struct Name {
  Suite suite;
  const char* name;
};

constexpr auto kCiphers = std::to_array<Name>({
    {0x000fac01, "wep40"},       {0x000fac02, "tkip"},          {0x000fac04, "ccmp"},
    {0x000fac05, "wep104"},      {0x000fac06, "aes128-cmac"},   {0x000fac08, "gcmp"},
    {0x000fac09, "gcmp256"},     {0x000fac0a, "ccmp256"},       {0x000fac0b, "bip-gmac128"},
    {0x000fac0c, "bip-gmac256"}, {0x000fac0d, "bip-cmac256"},   {0x000fac07, "no-group-addressed"},
    {0x000fac00, "group"},       {0x00147201, "sms4"},          {0x0050f200, "none"},
    {0x0050f201, "wep40"},       {0x0050f202, "tkip"},          {0x0050f204, "ccmp"},
    {0x0050f205, "wep104"},
});

constexpr auto kKeyManagement = std::to_array<Name>({
    {0x000fac01, "eap"},            {0x000fac02, "psk"},            {0x000fac03, "ft-eap"},
    {0x000fac04, "ft-psk"},         {0x000fac05, "eap-sha256"},     {0x000fac06, "psk-sha256"},
    {0x000fac07, "tdls"},           {0x000fac08, "sae"},            {0x000fac09, "ft-sae"},
    {0x000fac0b, "eap-suite-b"},    {0x000fac0c, "eap-suite-b-192"}, {0x000fac0d, "ft-eap-sha384"},
    {0x000fac0e, "fils-sha256"},    {0x000fac0f, "fils-sha384"},    {0x000fac10, "ft-fils-sha256"},
    {0x000fac11, "ft-fils-sha384"}, {0x000fac12, "owe"},            {0x000fac13, "ft-psk-sha384"},
    {0x000fac14, "psk-sha384"},     {0x000fac17, "eap-sha384"},     {0x000fac18, "sae-ext-key"},
    {0x000fac19, "ft-sae-ext-key"}, {0x0050f200, "none"},           {0x0050f201, "eap"},
    {0x0050f202, "psk"},            {0x506f9a01, "osen"},           {0x506f9a02, "dpp"},
});

std::string name_of(std::span<const Name> names, Suite suite) {
  for (const Name& each : names) {
    if (each.suite == suite) return each.name;
  }
  char text[sizeof "00-00-00:255"];
  std::snprintf(text, sizeof text, "%02x-%02x-%02x:%u", suite >> 24, (suite >> 16) & 0xff, (suite >> 8) & 0xff, suite & 0xff);
  return text;
}

}  // namespace

std::string cipher_name(Suite suite) { return name_of(kCiphers, suite); }

std::string key_management_name(Suite suite) { return name_of(kKeyManagement, suite); }

}  // namespace vn::genl::nl80211
