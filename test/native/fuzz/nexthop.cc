#include "fuzz_target.hh"
#include "rtnl/nexthop_object.hh"

VN_FUZZ_TARGET(nexthop) { vn::check::fuzz_decoder(input, vn::rtnl::decode_nexthop_object); }
