// Opening an engine and closing it: what fails, and what is left behind.
#include <dirent.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "check.hh"
#include "engine/engine.hh"

using namespace vn;
using namespace vn::engine;

namespace {

std::size_t count_descriptors() {
  std::size_t count = 0;
  DIR* const list = opendir("/proc/self/fd");
  REQUIRE(list != nullptr);
  while (readdir(list) != nullptr) ++count;
  closedir(list);
  return count;
}

}  // namespace

TEST_CASE("a namespace that does not exist fails the opening") {
  EngineOptions options;
  options.netns = "/nonexistent";
  Engine engine(options, [] {});
  const Status opened = engine.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.failure().error_number == ENOENT);
  CHECK(std::string(opened.failure().operation) == "open");
}

TEST_CASE("a FIFO is no namespace, and does not hold the opening") {
  const std::string path = "/tmp/vintage-net-fifo-" + std::to_string(getpid());
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  EngineOptions options;
  options.netns = path;
  Engine engine(options, [] {});
  const Status opened = engine.open();
  unlink(path.c_str());
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.failure().error_number == EINVAL);
  CHECK(std::string(opened.failure().operation) == "setns");
}

TEST_CASE("a closed engine and one that did not open hold no descriptor") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
  const UniqueFd near(ends[0]);
  const UniqueFd far(ends[1]);
  const std::size_t before = count_descriptors();
  EngineOptions options;
  options.netlink_fd = near.get();
  Engine opened(options, [] {});
  REQUIRE(opened.open().ok());
  CHECK(count_descriptors() > before);
  opened.close();
  CHECK(count_descriptors() == before);
  options.netlink_fd = -1;
  options.netns = "/nonexistent";
  Engine refused(options, [] {});
  CHECK_FALSE(refused.open().ok());
  CHECK(count_descriptors() == before);
}

TEST_CASE("where the system has no thread left, the opening fails") {
  pthread_attr_t usual;
  pthread_attr_t huge;
  REQUIRE(pthread_getattr_default_np(&usual) == 0);
  REQUIRE(pthread_attr_init(&huge) == 0);
  // A stack that no address space holds: glibc answers EAGAIN as it does beyond the limit of threads.
  REQUIRE(pthread_attr_setstacksize(&huge, std::size_t{1} << 60) == 0);
  REQUIRE(pthread_setattr_default_np(&huge) == 0);
  const std::size_t before = count_descriptors();
  EngineOptions options;
  Engine engine(options, [] {});
  const Status opened = engine.open();
  REQUIRE(pthread_setattr_default_np(&usual) == 0);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.failure().error_number == EAGAIN);
  CHECK(std::string(opened.failure().operation) == "pthread_create");
  CHECK(count_descriptors() == before);
  engine.close();
}
