// control MODE: does on purpose what a sanitizer must report, so that the full check knows that it would. Built at -O0 for
// each sanitizer; scripts/check/controls.mjs runs it and wants it to fail. Modes: overflow undefined race uninitialised.
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

namespace {

/// One byte behind a buffer, as a decoder that trusts a length would.
int overflow(int argc) {
  auto* bytes = static_cast<unsigned char*>(std::malloc(16));
  if (bytes == nullptr) return 0;
  std::memset(bytes, argc, 16);
  const int read = bytes[14 + argc];
  std::free(bytes);
  return read;
}

int undefined(int argc) { return INT_MAX - 2 + argc; }

int race() {
  int shared = 0;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) shared += 1;
  });
  for (int i = 0; i < 1000; ++i) shared += 1;
  other.join();
  return shared;
}

int uninitialised() {
  auto* value = static_cast<int*>(std::malloc(sizeof(int)));
  const bool odd = value != nullptr && (*value & 1) != 0;
  std::free(value);
  return odd ? std::puts("odd") : std::puts("even");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  // argc is 3 (MODE and a filler), so that no compiler knows the values.
  if (mode == "overflow") std::printf("%d\n", overflow(argc));
  else if (mode == "undefined") std::printf("%d\n", undefined(argc));
  else if (mode == "race") std::printf("%d\n", race());
  else if (mode == "uninitialised") uninitialised();
  else return 2;
  return 0;
}
