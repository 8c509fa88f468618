#include "engine/link_path.hh"

#include <fcntl.h>
#include <limits.h>

#include <charconv>
#include <string_view>

#include "base/unique_fd.hh"

namespace vn::engine {

namespace {

/// A decimal index and a newline.
constexpr std::size_t kIndexBytes = 16;

bool carries_index(const std::string& directory, std::uint32_t ifindex) {
  const UniqueFd fd(open((directory + "/ifindex").c_str(), O_RDONLY | O_CLOEXEC));
  char text[kIndexBytes];
  const ssize_t got = fd.valid() ? read(fd.get(), text, sizeof text) : -1;
  if (got <= 0) return false;
  std::uint32_t found = 0;
  return std::from_chars(text, text + got, found).ec == std::errc{} && found == ifindex;
}

}  // namespace

std::string read_link_path(std::uint32_t ifindex, const std::string& ifname) {
  if (ifname.empty() || ifname == "." || ifname == ".." || ifname.find('/') != std::string::npos) return {};
  const std::string directory = "/sys/class/net/" + ifname;
  if (!carries_index(directory, ifindex)) return {};
  char target[PATH_MAX];
  const ssize_t length = readlink(directory.c_str(), target, sizeof target);
  if (length <= 0 || static_cast<std::size_t>(length) == sizeof target) return {};
  return device_path({target, static_cast<std::size_t>(length)}, ifname);
}

std::string device_path(std::string_view target, const std::string& ifname) {
  while (target.starts_with("../")) target.remove_prefix(3);
  const std::string end = "/net/" + ifname;
  if (target.ends_with(end)) target.remove_suffix(end.size());
  std::string text = "/";
  text.append(target);
  return text;
}

}  // namespace vn::engine
