// Files below /proc/sys/net. The kernel shows those of the calling thread's namespace: loop thread only.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"

namespace vn::engine {

/// Path elements, because names of links may contain dots. Failure EINVAL for an element with '/', '.' or '..', and for an
/// empty value.
Status write_sysctl(const std::vector<std::string>& path, const std::string& value);
/// Without the white space at its end.
Result<std::string> read_sysctl(const std::vector<std::string>& path);

}  // namespace vn::engine
