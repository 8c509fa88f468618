#include "engine/decode_event.hh"
#include "fuzz_target.hh"

VN_FUZZ_TARGET(event) {
  vn::check::fuzz_decoder(input, [](const vn::netlink::Message& message) { return vn::engine::decode_event(message, 0).ok(); });
}
