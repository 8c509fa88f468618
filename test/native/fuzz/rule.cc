#include "fuzz_target.hh"
#include "rtnl/rule.hh"

VN_FUZZ_TARGET(rule) { vn::check::fuzz_decoder(input, vn::rtnl::decode_rule); }
