// The engine's one clock: milliseconds of CLOCK_MONOTONIC with a fraction. Any thread.
#pragma once

#include <time.h>

namespace vn {

inline double now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace vn
