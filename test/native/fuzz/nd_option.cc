#include "fuzz_target.hh"
#include "rtnl/nd_option.hh"

VN_FUZZ_TARGET(nd_option) { vn::check::fuzz_decoder(input, vn::rtnl::decode_nd_option); }
