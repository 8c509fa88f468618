#include "fuzz_target.hh"
#include "rtnl/route.hh"

VN_FUZZ_TARGET(route) { vn::check::fuzz_decoder(input, vn::rtnl::decode_route); }
