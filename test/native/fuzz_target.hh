// One fuzz target a file in test/native/fuzz/: VN_FUZZ_TARGET(name) { … input … } with the file's own name. libFuzzer calls
// it in a program of its own (VN_FUZZ); the replay and the tests of damaged messages find it in the list (fuzz_targets).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/bytes.hh"
#include "netlink/message.hh"

namespace vn::check {

using FuzzTarget = void (*)(ByteView input);

/// Every target linked into this program, by name.
inline std::map<std::string, FuzzTarget>& fuzz_targets() {
  static std::map<std::string, FuzzTarget> targets;
  return targets;
}

/// Takes the input for one message whose length does not matter, so that no mutation is lost on it. Nothing where even the
/// header does not fit.
inline std::optional<netlink::Message> fuzz_message(ByteView input) {
  const auto header = load<nlmsghdr>(input);
  if (!header) return std::nullopt;
  return netlink::Message{header->nlmsg_type, header->nlmsg_flags, header->nlmsg_seq, header->nlmsg_pid,
                          tail(input, sizeof(nlmsghdr))};
}

/// For a decoder of one message: whatever it returns is dropped.
template <class Decode>
void fuzz_decoder(ByteView input, Decode decode) {
  if (const auto message = fuzz_message(input)) (void)decode(*message);
}

}  // namespace vn::check

#ifdef VN_FUZZ_ENTRY
#define VN_FUZZ_TARGET(name)                                                          \
  static void fuzz_##name(vn::ByteView input);                                        \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    fuzz_##name({data, size});                                                        \
    return 0;                                                                         \
  }                                                                                   \
  static void fuzz_##name(vn::ByteView input)
#else
#define VN_FUZZ_TARGET(name)                                                                                  \
  static void fuzz_##name(vn::ByteView input);                                                                \
  [[maybe_unused]] static const bool registered_##name = vn::check::fuzz_targets().emplace(#name, fuzz_##name).second; \
  static void fuzz_##name(vn::ByteView input)
#endif
