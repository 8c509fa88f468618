#include "engine/sysctl.hh"

#include <fcntl.h>

#include "base/unique_fd.hh"

namespace vn::engine {

namespace {

/// A sysctl's text is at most a page (proc_dostring).
constexpr std::size_t kMaxTextBytes = 4096;

bool valid_element(const std::string& element) {
  return !element.empty() && element != "." && element != ".." && element.find('/') == std::string::npos &&
         element.find('\0') == std::string::npos;
}

Result<std::string> to_path(const std::vector<std::string>& elements) {
  std::string path = "/proc/sys/net";
  for (const std::string& element : elements) {
    if (!valid_element(element)) return Failure{EINVAL, "sysctl", "'" + element + "' is no element of a path"};
    path += "/" + element;
  }
  if (elements.empty()) return Failure{EINVAL, "sysctl", "the path is empty"};
  return path;
}

}  // namespace

Status write_sysctl(const std::vector<std::string>& path, const std::string& value) {
  // Writing no byte changes nothing, and succeeds.
  if (value.empty()) return Failure{EINVAL, "sysctl", "the value is empty"};
  const auto file = to_path(path);
  if (!file.ok()) return file.failure();
  const UniqueFd fd(open(file.value().c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) return failed("open", file.value());
  // One write: the kernel takes each as a whole value.
  const ssize_t written = write(fd.get(), value.data(), value.size());
  if (written < 0) return failed("write", file.value());
  if (static_cast<std::size_t>(written) != value.size()) return Failure{EIO, "write", file.value()};
  return Done{};
}

Result<std::string> read_sysctl(const std::vector<std::string>& path) {
  const auto file = to_path(path);
  if (!file.ok()) return file.failure();
  const UniqueFd fd(open(file.value().c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return failed("open", file.value());
  std::string text(kMaxTextBytes, '\0');
  const ssize_t got = read(fd.get(), text.data(), text.size());
  if (got < 0) return failed("read", file.value());
  text.resize(static_cast<std::size_t>(got));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '\t')) text.pop_back();
  return text;
}

}  // namespace vn::engine
