#include "uevent/uevent.hh"

#include <charconv>
#include <string_view>
#include <utility>

namespace vn::uevent {

namespace {

Failure bad(const char* detail) { return {EBADMSG, "decode uevent", detail}; }

/// Takes text up to its NUL off the front; nothing where there is no NUL.
std::optional<std::string> take_text(ByteView& rest) {
  std::string text = to_text(rest);
  if (text.size() == rest.size()) return std::nullopt;
  rest = rest.subspan(text.size() + 1);
  return text;
}

template <class T>
bool read_number(const std::string& text, std::optional<T>& into) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  into = number;
  return true;
}

/// What is being read: SEQNUM and SUBSYSTEM must have come at the end.
struct Draft {
  Uevent uevent;
  std::optional<std::uint64_t> seqnum;
  bool has_subsystem = false;
};

/// False where the value cannot be.
bool take_property(Draft& draft, std::string key, std::string value) {
  Uevent& uevent = draft.uevent;
  if (key == "ACTION") return value == uevent.action;
  if (key == "DEVPATH") return value == uevent.devpath;
  if (key == "SEQNUM") return read_number(value, draft.seqnum);
  if (key == "IFINDEX") return read_number(value, uevent.ifindex);
  if (key == "SUBSYSTEM") {
    draft.has_subsystem = true;
    uevent.subsystem = std::move(value);
  } else if (key == "DEVTYPE") uevent.devtype = std::move(value);
  else if (key == "DEVNAME") uevent.devname = std::move(value);
  else if (key == "INTERFACE" && uevent.subsystem == "net") uevent.ifname = std::move(value);
  else uevent.properties.push_back({std::move(key), std::move(value)});
  return true;
}

}  // namespace

Result<Uevent> decode_uevent(ByteView datagram) {
  if (datagram.size() > kMaxUeventBytes) return bad("too long");
  ByteView rest = datagram;
  auto header = take_text(rest);
  if (!header) return bad("cut short");
  const std::size_t at = header->find('@');
  if (at == std::string::npos || at == 0 || header->compare(at + 1, 1, "/") != 0) return bad("not the kernel's format");
  Draft draft;
  draft.uevent.action = header->substr(0, at);
  draft.uevent.devpath = header->substr(at + 1);
  for (std::size_t count = 0; !rest.empty(); ++count) {
    const auto line = take_text(rest);
    if (!line) return bad("cut short");
    const std::size_t equals = line->find('=');
    if (equals == std::string::npos || equals == 0) return bad("a property without a key");
    if (count >= kMaxProperties) return bad("too many properties");
    if (!take_property(draft, line->substr(0, equals), line->substr(equals + 1))) return bad("a property that cannot be");
  }
  // The kernel writes SEQNUM last, so a message that lost its end lacks it.
  if (!draft.seqnum || !draft.has_subsystem) return bad("without SEQNUM or SUBSYSTEM");
  draft.uevent.seqnum = *draft.seqnum;
  return std::move(draft.uevent);
}

}  // namespace vn::uevent
