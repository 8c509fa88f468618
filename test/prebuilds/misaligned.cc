// Reads a number where none may lie: the program that looks for such reads must end here.
#include <cstdint>

/// Not volatile: such reads are not looked at. With a name for others, so that the compiler does not know what is in it.
alignas(8) unsigned char octets[16];

int main(int argc, char** argv) {
  (void)argv;
  const auto* number = reinterpret_cast<const std::uint32_t*>(octets + argc);
  return static_cast<int>(*number);
}
