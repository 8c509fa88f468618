// Runs a piece of a test in a network namespace of its own, where it is root.
#pragma once

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.hh"

namespace vn::check {

/// `body` returns 0 for good, else a number that tells its step (1 to 99); it runs in a child process, whose user namespace
/// is new too where we are not root. No CHECK in there: the child's counts are lost.
template <class Body>
int in_own_namespace(Body body) {
  constexpr int kRefused = 100;
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const int flags = geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER;
    _exit(unshare(flags) == 0 ? body() : kRefused);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE_MESSAGE(WEXITSTATUS(status) != kRefused, "this machine lets us make no namespace");
  return WEXITSTATUS(status);
}

/// The same in a new user namespace in any case.
template <class Body>
int in_own_user_namespace(Body body) {
  return in_own_namespace([&] { return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? body() : 99; });
}

}  // namespace vn::check
