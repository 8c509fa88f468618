#include "fuzz_target.hh"
#include "rtnl/link.hh"

VN_FUZZ_TARGET(link) { vn::check::fuzz_decoder(input, vn::rtnl::decode_link); }
