#include "fuzz_target.hh"
#include "netlink/acknowledgement.hh"

VN_FUZZ_TARGET(acknowledgement) { vn::check::fuzz_decoder(input, vn::netlink::decode_acknowledgement); }
