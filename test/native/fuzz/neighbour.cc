#include "fuzz_target.hh"
#include "rtnl/neighbour.hh"

VN_FUZZ_TARGET(neighbour) { vn::check::fuzz_decoder(input, vn::rtnl::decode_neighbour); }
