#include "uevent/uevent.hh"

#include <string>

#include "check.hh"

using namespace vn;
using namespace vn::uevent;

namespace {

using namespace std::string_literals;

/// Of a veth, as the kernel sent it.
const std::string kAddVeth =
    "add@/devices/virtual/net/v0\0ACTION=add\0DEVPATH=/devices/virtual/net/v0\0SUBSYSTEM=net\0INTERFACE=v0\0IFINDEX=4\0"
    "SEQNUM=2161\0"s;

/// Of a modem's serial port.
const std::string kAddTty =
    "add@/devices/pci0/usb1/1-1/ttyUSB0/tty/ttyUSB0\0ACTION=add\0DEVPATH=/devices/pci0/usb1/1-1/ttyUSB0/tty/ttyUSB0\0"
    "SUBSYSTEM=tty\0MAJOR=188\0MINOR=0\0DEVNAME=ttyUSB0\0EMPTY=\0SEQNUM=18446744073709551615\0"s;

Result<Uevent> decode(const std::string& text) { return decode_uevent(view_of_text(text)); }

std::string minimal(const std::string& more) {
  return "change@/devices/x\0SUBSYSTEM=usb\0"s + more + "SEQNUM=1\0"s;
}

}  // namespace

TEST_CASE("a link's uevent is decoded") {
  const auto uevent = decode(kAddVeth);
  REQUIRE(uevent.ok());
  CHECK(uevent.value().action == "add");
  CHECK(uevent.value().devpath == "/devices/virtual/net/v0");
  CHECK(uevent.value().subsystem == "net");
  CHECK(uevent.value().ifname == "v0");
  CHECK(uevent.value().ifindex == 4U);
  CHECK(uevent.value().seqnum == 2161);
  CHECK_FALSE(uevent.value().devtype.has_value());
  CHECK_FALSE(uevent.value().devname.has_value());
  CHECK(uevent.value().properties.empty());
}

TEST_CASE("what has no field of its own is kept in order, also an empty value") {
  const auto uevent = decode(kAddTty);
  REQUIRE(uevent.ok());
  CHECK(uevent.value().devname == "ttyUSB0");
  CHECK(uevent.value().seqnum == 18446744073709551615U);
  REQUIRE(uevent.value().properties.size() == 3);
  CHECK(uevent.value().properties[0].key == "MAJOR");
  CHECK(uevent.value().properties[0].value == "188");
  CHECK(uevent.value().properties[2].key == "EMPTY");
  CHECK(uevent.value().properties[2].value.empty());
}

TEST_CASE("the INTERFACE of a USB interface is no link's name") {
  const auto uevent = decode(minimal("DEVTYPE=usb_interface\0INTERFACE=2/6/0\0PRODUCT=1199/9071/6=x\0"s));
  REQUIRE(uevent.ok());
  CHECK_FALSE(uevent.value().ifname.has_value());
  CHECK(uevent.value().devtype == "usb_interface");
  CHECK(uevent.value().properties[0].value == "2/6/0");
  CHECK(uevent.value().properties[1].value == "1199/9071/6=x");
}

TEST_CASE("a uevent cut at any byte is refused") {
  for (const std::string& whole : {kAddVeth, kAddTty}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      ByteBuffer cut;
      append_bytes(cut, view_of_text(std::string_view(whole).substr(0, length)));
      cut.shrink_to_fit();
      CHECK_FALSE(decode_uevent(cut).ok());
    }
  }
}

TEST_CASE("what is no uevent of the kernel is refused") {
  const std::string udev = "libudev\0\xfe\xed\xca\xfe\x28\0\0\0\x28\0\0\0"s + minimal("");
  for (const std::string& text : {udev, "libudev\0a@/b\0SUBSYSTEM=x\0SEQNUM=1\0"s, "@/x\0SUBSYSTEM=x\0SEQNUM=1\0"s,
                                  "add@x\0SUBSYSTEM=x\0SEQNUM=1\0"s, "add@\0SUBSYSTEM=x\0SEQNUM=1\0"s,
                                  "add@/x\0SEQNUM=1\0"s, "add@/x\0SUBSYSTEM=x\0"s}) {
    const auto uevent = decode(text);
    REQUIRE_FALSE(uevent.ok());
    CHECK(uevent.failure().error_number == EBADMSG);
  }
}

TEST_CASE("properties that cannot be are refused") {
  for (const std::string& bad : {"WORD\0"s, "=x\0"s, "\0"s, "IFINDEX=x\0"s, "IFINDEX=-1\0"s, "IFINDEX=4294967296\0"s,
                                 "IFINDEX=\0"s, "SEQNUM=1x\0"s, "ACTION=add\0"s, "DEVPATH=/y\0"s}) {
    CHECK_FALSE(decode(minimal(bad)).ok());
  }
  CHECK(decode(minimal("ACTION=change\0DEVPATH=/devices/x\0"s)).ok());
}

TEST_CASE("a uevent has a limit of properties and of bytes") {
  const auto with = [](std::size_t count) {
    std::string more;
    for (std::size_t i = 0; i < count; ++i) more += "A=1\0"s;
    return decode(minimal(more)).ok();
  };
  CHECK(with(kMaxProperties - 2));
  CHECK_FALSE(with(kMaxProperties - 1));
  const std::size_t room = kMaxUeventBytes - minimal("A=\0"s).size();
  CHECK(decode(minimal("A=" + std::string(room, 'x') + "\0"s)).ok());
  CHECK_FALSE(decode(minimal("A=" + std::string(room + 1, 'x') + "\0"s)).ok());
}
