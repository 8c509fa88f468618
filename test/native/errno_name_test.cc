#include "base/errno_name.hh"

#include <cerrno>
#include <string>

#include "check.hh"

using namespace vn;

TEST_CASE("a refusal by a blocked radio, or for want of a key, has its name") {
  CHECK(std::string(errno_name(ERFKILL)) == "ERFKILL");
  CHECK(std::string(errno_name(ENOKEY)) == "ENOKEY");
  CHECK(std::string(errno_name(EKEYREJECTED)) == "EKEYREJECTED");
}

TEST_CASE("every errno that Linux defines has a name") {
  // The numbers of x86 and ARM, asm-generic/errno.h: 41 and 58 are other names for EAGAIN and EDEADLK, and stay free.
  for (int number = EPERM; number <= 133; ++number) {
    CAPTURE(number);
    CHECK((std::string(errno_name(number)) == "EUNKNOWN") == (number == 41 || number == 58));
  }
}
