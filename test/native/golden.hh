// Captured datagrams and what the system's own tools said of them: test/fixtures/netlink/<family>/<name>.{bin,json}, captured
// by scripts/goldens. A .bin holds datagrams, each behind its length (u32, little-endian); a .json holds facts, one object
// of 'path' → text, number or boolean.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.hh"
#include "base/ip_address.hh"
#include "base/mac_address.hh"
#include "engine/fields/field.hh"
#include "netlink/message.hh"

namespace vn::golden {

/// A fact as text: numbers with at most three decimals, octets in hexadecimal digits, lists of words sorted.
using Facts = std::map<std::string, std::string>;

/// The datagrams of 'family/name'; the test fails where there are none.
std::vector<ByteBuffer> load_datagrams(const std::string& name);
/// The facts of 'family/name'; the same.
Facts load_facts(const std::string& name);

/// Calls visit with each message of the datagrams that is neither NLMSG_DONE nor NLMSG_ERROR.
void for_each_message(const std::vector<ByteBuffer>& datagrams, const std::function<void(const netlink::Message&)>& visit);

/// Fails for each fact that `decoded` lacks or has otherwise; decoded facts beyond the tools' words are let be.
void check_facts(const Facts& decoded, const Facts& expected);

std::string number_text(double value);
std::string hex_text(ByteView bytes);
std::string words_text(std::vector<std::string> words);

template <class T> struct IsVector : std::false_type {};
template <class T> struct IsVector<std::vector<T>> : std::true_type {};
template <class T> struct IsOptional : std::false_type {};
template <class T> struct IsOptional<std::optional<T>> : std::true_type {};

/// Adds what the field tables say of a value.
template <class T>
void add_facts(Facts& facts, const std::string& path, const T& value) {
  if constexpr (IsOptional<T>::value) {
    if (value) add_facts(facts, path, *value);
  } else if constexpr (std::is_same_v<T, bool>) facts[path] = value ? "true" : "false";
  else if constexpr (std::is_same_v<T, Family>) facts[path] = number_text(value == Family::kIpv4 ? 4 : 6);
  else if constexpr (std::is_arithmetic_v<T>) facts[path] = number_text(static_cast<double>(value));
  else if constexpr (engine::Worded<T>) facts[path] = engine::word_of(value);
  else if constexpr (std::is_same_v<T, std::string>) facts[path] = value;
  else if constexpr (std::is_same_v<T, ByteBuffer>) facts[path] = hex_text(value);
  else if constexpr (std::is_same_v<T, MacAddress>) facts[path] = format(value);
  else if constexpr (std::is_same_v<T, IpAddress>) facts[path] = format(value);
  else if constexpr (std::is_same_v<T, std::vector<std::string>>) facts[path] = words_text(value);
  else if constexpr (IsVector<T>::value) {
    facts[path + ".length"] = number_text(static_cast<double>(value.size()));
    for (std::size_t i = 0; i < value.size(); ++i) add_facts(facts, path + "." + std::to_string(i), value[i]);
  } else {
    engine::for_each_field<T>([&](const auto& each) {
      add_facts(facts, path.empty() ? each.name : path + "." + each.name, value.*each.member);
    });
  }
}

}  // namespace vn::golden
