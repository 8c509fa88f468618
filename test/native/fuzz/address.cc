#include "fuzz_target.hh"
#include "rtnl/address.hh"

VN_FUZZ_TARGET(address) { vn::check::fuzz_decoder(input, vn::rtnl::decode_address); }
