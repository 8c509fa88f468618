// Reads a number where none may lie: the program that looks for such reads must end here.
#include <cstdint>

int main(int argc, char** argv) {
  alignas(8) char octets[16] = {};
  (void)argv;
  const volatile std::uint32_t* number = reinterpret_cast<std::uint32_t*>(octets + argc);
  return static_cast<int>(*number);
}
