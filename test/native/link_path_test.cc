#include "engine/link_path.hh"

#include "check.hh"

using vn::engine::device_path;

TEST_CASE("O5: a virtual link's path is /devices/virtual") {
  CHECK(device_path("../../devices/virtual/net/lo", "lo") == "/devices/virtual");
}

TEST_CASE("O6: a platform device's path ends before /net/IFNAME") {
  CHECK(device_path("../../devices/platform/scb/fd580000.genet/net/eth0", "eth0") ==
        "/devices/platform/scb/fd580000.genet");
}

TEST_CASE("a path of another form stays as it is, from the root") {
  CHECK(device_path("../../../devices/odd", "eth0") == "/devices/odd");
  CHECK(device_path("../../devices/virtual/net/eth00", "eth0") == "/devices/virtual/net/eth00");
  CHECK(device_path("", "eth0") == "/");
}
